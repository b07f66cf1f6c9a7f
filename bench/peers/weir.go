package peers

// Weir does a little more than was asked for: it always sets X-Real-Ip and
// Forwarded too.
func Weir() Peer {
	return Peer{
		Name: "weir", Path: "weir", Install: "go build ./cmd/weir", SNI: true, GRPC: true, GoMem: true,
		template: "weir.properties.tmpl", version: []string{"--version"},
		args: func(config string) []string { return []string{"-cfg", config} },
	}
}
