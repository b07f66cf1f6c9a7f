// Package testenv is what tests stand on: a real Consul agent, a relay that
// makes it misbehave, named backends, and the one way to wait for something.
// Nothing here skips: what is missing fails the test.
package testenv
