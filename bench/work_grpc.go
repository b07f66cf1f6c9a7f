package main

import (
	"runtime"

	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

// grpcPath is a method; the backend answers every one.
const grpcPath = "/weir.bench.Echo/Unary"

func unary() work {
	call := func(t turn, url, connect string) loader {
		return load.H2{URL: url + grpcPath, Connect: connect, Conns: h2Conns, Streams: h2Streams, For: t.length, Dir: t.dir,
			Header: []string{"content-type: application/grpc", "te: trailers"}, Body: backend.GRPCMessage()}
	}
	return work{
		name: "grpc", title: "gRPC unary, HTTP/2 on both sides (TLS at the front), 8 connections × 16 streams, 64 B messages", needs: "h2load",
		unit: "call", cost: "µs CPU per call", scale: micros,
		targets:     []report.Target{{Peer: "caddy", AtMost: 0.3}},
		can:         func(p peers.Peer) bool { return p.GRPC },
		load:        func(t turn) loader { return call(t, "https://"+peers.GRPCHost, t.HTTPS) },
		direct:      func(t turn) loader { return call(t, "http://"+t.backend.addrs.GRPC, "") },
		loaderCores: 1, backendCores: runtime.NumCPU(),
	}
}
