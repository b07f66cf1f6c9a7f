package peers

// Caddy passes no TLS through without a plugin.
func Caddy() Peer {
	return Peer{
		Name: "caddy", Path: "caddy", Install: "apt-get install caddy", GRPC: true, GoMem: true,
		template: "Caddyfile.tmpl", version: []string{"version"},
		args: func(config string) []string {
			return []string{"run", "--adapter", "caddyfile", "--config", config}
		},
	}
}
