// Package browser tests the pages of the admin as a person sees them: Chromium
// opens the pages of a weir process that follows a Consul agent and has
// traffic. The tests have the build tag browser and run by `make test-ui`,
// since they need node, Chromium and the built pages.
//
// Each test makes a world in Go and hands it to a script of ui/e2e, which does
// what a person would do and looks at what a person would see. What has to
// happen outside of the browser meanwhile is a cue that the script gives.
package browser
