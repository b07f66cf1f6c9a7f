package main

import (
	"context"

	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

func conns() work {
	return work{
		name: "conns", title: "TCP+SNI, new connections, one byte back, 32 at a time",
		unit: "connection", cost: "µs CPU per connection", scale: micros,
		targets:     []report.Target{{Peer: "haproxy", AtMost: 1.15}},
		can:         func(p peers.Peer) bool { return p.SNI },
		load:        func(t turn) loader { return sniConns{t, t.SNI} },
		direct:      func(t turn) loader { return sniConns{t, t.backend.addrs.Byte} },
		loaderCores: 1, backendCores: 1,
	}
}

// sniConns is load.SNIConns with its ClientHello.
type sniConns struct {
	turn
	addr string
}

func (s sniConns) Run(ctx context.Context) (load.Result, error) {
	hello, err := load.ClientHello(peers.ByteHost)
	if err != nil {
		return load.Result{}, err
	}
	return load.SNIConns{Addr: s.addr, Hello: hello, Conns: 32, For: s.length}.Run(ctx)
}
