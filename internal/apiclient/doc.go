// Package apiclient tests that programs in other languages can use the admin API
// by its OpenAPI document alone: a generator from npm makes a client, the
// compiler takes it, and node runs it against a weir process. Nothing of what is
// generated is kept.
//
// The tests have the build tag browser and run by `make test-ui`, as they need
// npm's packages.
package apiclient
