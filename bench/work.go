package main

import (
	"context"
	"time"

	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

// work is one kind of work.
type work struct {
	name, title string
	unit        string // what the loader counts
	cost        string // unit of the cost
	scale       float64
	targets     []report.Target
	needs       string                // program of the loader; empty: our own
	can         func(peers.Peer) bool // who can do it
	load        func(turn) loader     // through a proxy
	direct      func(turn) loader     // without one; nil: the backend does not speak it
	memory      bool                  // measured by measureMemory, without load

	loaderCores, backendCores int // that their threads can use
}

// loader is one of package load.
type loader interface {
	Run(ctx context.Context) (load.Result, error)
}

// turn is what a loader may need to know.
type turn struct {
	*peers.Running // zero in a run without a proxy

	backend *backendProcess
	dir     string // for scratch files
	length  time.Duration
}

// works returns all works in the order of the report.
func works() []work {
	return []work{http1(), tls1(), h2(), large(), streams(), conns(), idle(), unary()}
}

// Factors from seconds of CPU to the cost's unit.
const (
	seconds = 1
	micros  = 1e6
)

func everyone(peers.Peer) bool { return true }
