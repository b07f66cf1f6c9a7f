// Package e2e tries the whole of weir: the real binary as a process of its own,
// driven by flags, its admin API and its command line, in front of real sockets
// and beside a real Consul agent.
package e2e
