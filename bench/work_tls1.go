package main

import (
	"strings"

	"weir/bench/backend"
	"weir/bench/report"
)

func tls1() work {
	w := http1()
	w.name, w.title = "tls1", "HTTP/1.1 over TLS 1.3, 128 B answer, 64 connections"
	w.targets = []report.Target{{Peer: "haproxy", AtMost: 1.0}}
	// By name, because wrk asks for a certificate of what is in the URL.
	w.load = func(t turn) loader {
		return wrk(t, "https://"+strings.Replace(t.HTTPS, "127.0.0.1", "localhost", 1)+backend.PathSmall)
	}
	w.direct = nil
	return w
}
