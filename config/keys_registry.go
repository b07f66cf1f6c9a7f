package config

import "time"

func registryKeys() []Key {
	return []Key{
		{Name: "registry.backend", Default: "consul", Kind: Text,
			Choices: []string{"consul", "file", "static"}, later: []string{"custom"},
			Help: "where weir learns what runs where",
			set:  text(func(c *Config) *string { return &c.Registry.Backend })},
		{Name: "registry.timeout", Default: "10s", Kind: Duration,
			Help: "how long a start waits for the registry's first answer",
			set:  duration(func(c *Config) *time.Duration { return &c.Registry.Timeout })},
		{Name: "registry.retry", Default: "500ms", Kind: Duration,
			Help: "between two tries to reach the registry",
			set:  limit(func(c *Config) *time.Duration { return &c.Registry.Retry })},
		{Name: "registry.static.routes", Kind: Text,
			Help: "route commands of the static backend, one a line",
			set:  text(func(c *Config) *string { return &c.Registry.Static.Routes })},
		{Name: "registry.static.noroutehtml", Kind: Text,
			Help: "static backend: the page itself when no route fits",
			set:  text(func(c *Config) *string { return &c.Registry.Static.NoRouteHTML })},
		{Name: "registry.file.path", Kind: Text,
			Help: "file of the route commands of the file backend",
			set:  text(func(c *Config) *string { return &c.Registry.File.Path })},
		{Name: "registry.file.noroutehtmlpath", Kind: Text,
			Help: "file backend: file of the page when no route fits",
			set:  text(func(c *Config) *string { return &c.Registry.File.NoRouteHTMLPath })},
	}
}

func consulKeys() []Key {
	return append([]Key{
		{Name: "registry.consul.addr", Default: "localhost:8500", Kind: Text,
			Help: "Consul agent: host:port, http://host:port or https://host:port", set: consulAddr},
		{Name: "registry.consul.token", secret: true, Kind: Text,
			Help: "ACL token for the agent",
			set:  text(func(c *Config) *Secret { return &c.Registry.Consul.Token })},
		{Name: "registry.consul.tagprefix", Default: "urlprefix-", Kind: Text,
			Help: "what tags start with that are routes",
			set:  checked(func(c *Config) *string { return &c.Registry.Consul.TagPrefix }, notEmpty)},
		{Name: "registry.consul.service.status", Default: "passing", Kind: List,
			Choices: []string{"passing", "warning", "critical", "unknown"},
			Help:    "check states of instances that may get traffic",
			set:     list(func(c *Config) *[]string { return &c.Registry.Consul.ServiceStatus })},
		{Name: "registry.consul.checksRequired", Default: "one", Kind: Text, Choices: []string{"one", "all"},
			Help: "how many checks of an instance must have such a state",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.ChecksRequired })},
		{Name: "registry.consul.kvpath", Default: "/fabio/config", Kind: Text,
			Help: "prefix of the KV keys that hold route commands",
			set:  checked(func(c *Config) *string { return &c.Registry.Consul.KVPath }, notEmpty)},
		{Name: "registry.consul.noroutehtmlpath", Default: "/fabio/noroute.html", Kind: Text,
			Help: "KV key of the page when no route fits",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.NoRouteHTMLPath })},
		{Name: "registry.consul.requireConsistent", Default: "true", Kind: Bool,
			Help: "Consul's leader has to confirm each answer",
			set:  boolean(func(c *Config) *bool { return &c.Registry.Consul.RequireConsistent })},
		{Name: "registry.consul.allowStale", Default: "false", Kind: Bool,
			Help: "any Consul server may answer; needs registry.consul.requireConsistent=false",
			set:  boolean(func(c *Config) *bool { return &c.Registry.Consul.AllowStale })},
	}, consulTLSKeys()...)
}

func consulTLSKeys() []Key {
	return []Key{
		{Name: "registry.consul.tls.cafile", Kind: Text,
			Help: "file with the CA certificates for an https agent",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.TLS.CAFile })},
		{Name: "registry.consul.tls.capath", Kind: Text,
			Help: "folder with the CA certificates for an https agent",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.TLS.CAPath })},
		{Name: "registry.consul.tls.certfile", Kind: Text,
			Help: "weir's certificate for an https agent",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.TLS.CertFile })},
		{Name: "registry.consul.tls.keyfile", Kind: Text,
			Help: "key of that certificate",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.TLS.KeyFile })},
		{Name: "registry.consul.tls.insecureskipverify", Default: "false", Kind: Bool,
			Help: "the agent's certificate is not checked",
			set:  boolean(func(c *Config) *bool { return &c.Registry.Consul.TLS.InsecureSkipVerify })},
	}
}
