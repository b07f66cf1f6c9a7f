//go:build !linux

package nonblock

// Whoever builds weir elsewhere is to read this and not a list of names that
// are missing.
const _ int = "weir runs on Linux: its engines splice and write without a poller"
