// Package rollout decides how traffic moves from one version of a service to
// the next. Next takes the State of a rollout and an Input (what is seen, what a
// person asked for) and returns the next State and the Actions that follow.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O. Time comes
// in as Input.Elapsed, by the leader's monotonic clock, so that no clocks of two
// machines are ever compared. Only the leader's inputs advance a rollout; anyone
// may abort or hold it.
package rollout
