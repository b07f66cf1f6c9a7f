package peers

// Fabio has no package in Debian. Its gRPC listener routes by path only and
// knows no access rules, so it is not asked for gRPC.
func Fabio() Peer {
	return Peer{
		Name: "fabio", Path: "fabio", Install: "build it from its public source and give its path: -fabio PATH", SNI: true, GoMem: true,
		template: "fabio.properties.tmpl", version: []string{"-v"},
		args: func(config string) []string { return []string{"-cfg", config} },
	}
}
