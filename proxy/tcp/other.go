//go:build !linux

package tcp

// Whoever builds weir elsewhere is to read this and not a list of names that
// are missing.
const _ int = "weir runs on Linux: its TCP engine waits with epoll and splices"
