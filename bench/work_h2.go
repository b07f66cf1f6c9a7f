package main

import (
	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

// Connections of h2load and requests at a time on each.
const (
	h2Conns   = 8
	h2Streams = 16
)

func h2() work {
	return work{
		name: "h2", title: "HTTP/2 over TLS, 8 connections × 16 streams, 128 B answer", needs: "h2load",
		unit: "request", cost: "µs CPU per request", scale: micros,
		targets: []report.Target{{Peer: "haproxy", AtMost: 0.95}, {Peer: "caddy", AtMost: 0.12}},
		can:     everyone,
		load: func(t turn) loader {
			return load.H2{URL: "https://" + peers.WebHost + backend.PathSmall, Connect: t.HTTPS,
				Conns: h2Conns, Streams: h2Streams, For: t.length, Dir: t.dir}
		},
		loaderCores: 1, backendCores: 1,
	}
}
