package main

import (
	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

// http1Conns is how many connections wrk keeps.
const http1Conns = 64

func http1() work {
	return work{
		name: "http1", title: "HTTP/1.1 keep-alive, 128 B answer, 64 connections", needs: "wrk",
		unit: "request", cost: "µs CPU per request", scale: micros,
		targets:     []report.Target{{Peer: "haproxy", AtMost: 0.95}, {Peer: "nginx", AtMost: 0.95}, {Peer: "fabio", AtMost: 0.12}},
		can:         everyone,
		load:        func(t turn) loader { return wrk(t, "http://"+t.HTTP+backend.PathSmall) },
		direct:      func(t turn) loader { return wrk(t, "http://"+t.backend.addrs.HTTP+backend.PathSmall) },
		loaderCores: 1, backendCores: 1,
	}
}

func wrk(t turn, url string) loader {
	return load.Wrk{URL: url, Host: peers.WebHost, Conns: http1Conns, For: t.length}
}
