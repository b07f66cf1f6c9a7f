package main

import (
	"context"
	"runtime"

	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

func streams() work {
	return work{
		name: "streams", title: "TCP+SNI, 4 streams of 256 MiB at a time",
		unit: "GB", cost: "s CPU per GB", scale: seconds,
		targets:     []report.Target{{Peer: "haproxy", AtMost: 0.35}},
		can:         func(p peers.Peer) bool { return p.SNI },
		load:        func(t turn) loader { return sniStreams{t, t.SNI} },
		direct:      func(t turn) loader { return sniStreams{t, t.backend.addrs.Stream} },
		loaderCores: runtime.NumCPU(), backendCores: 1,
	}
}

// sniStreams is load.SNIStreams with its ClientHello.
type sniStreams struct {
	turn
	addr string
}

func (s sniStreams) Run(ctx context.Context) (load.Result, error) {
	hello, err := load.ClientHello(peers.StreamHost)
	if err != nil {
		return load.Result{}, err
	}
	return load.SNIStreams{Addr: s.addr, Hello: hello, Conns: 4, Bytes: backend.Stream, For: s.length}.Run(ctx)
}
