package peers

// HAProxy is one process with as many threads as there are cores. http-reuse
// always is the cheapest for it here. It splices only when told to; the
// setting is what a plain installation has.
func HAProxy() Peer {
	return Peer{
		Name: "haproxy", Path: "haproxy", Install: "apt-get install haproxy", SNI: true, GRPC: true,
		template: "haproxy.cfg.tmpl", version: []string{"-v"},
		args: func(config string) []string { return []string{"-db", "-f", config} },
	}
}
