// Package conformance holds weir, as a process of its own, to two bodies of
// cases: what a fabio user relies on (testdata/fabio), and what a hostile client
// sends (testdata/hostile). Every case is a subtest by its name.
package conformance
