package main

import (
	"weir/bench/backend"
	"weir/bench/report"
)

func large() work {
	w := http1()
	w.name, w.title = "large", "HTTP/1.1, 1 MiB answer, 64 connections"
	w.targets = []report.Target{{Peer: "nginx", AtMost: 1.0}}
	w.load = func(t turn) loader { return wrk(t, "http://"+t.HTTP+backend.PathLarge) }
	w.direct = func(t turn) loader { return wrk(t, "http://"+t.backend.addrs.HTTP+backend.PathLarge) }
	return w
}
