package config

import "time"

func registryKeys() []Key {
	return []Key{
		{Name: "registry.backend", Default: "consul", Kind: List,
			Choices: []string{"consul", "nomad", "file", "static", "custom"},
			Help:    "where weir learns what runs where: one or several, whose route commands are evaluated in this order",
			set:     once(func(c *Config) *[]string { return &c.Registry.Backends })},
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
		{Name: "registry.nomad.namespace", Default: "default", Kind: Text, Ours: true,
			Help: "nomad backend: namespace of the services; * is all. The agent is that of nomad.addr",
			set:  checked(func(c *Config) *string { return &c.Registry.Nomad.Namespace }, notEmpty)},
	}
}

func consulKeys() []Key {
	return append([]Key{
		{Name: "registry.consul.addr", Default: "localhost:8500", Kind: Text,
			Help: "Consul agent: host:port, http://host:port or https://host:port", set: consulAddr},
		{Name: "registry.consul.token", secret: true, Kind: Text,
			Help: "ACL token for the agent",
			set:  text(func(c *Config) *Secret { return &c.Registry.Consul.Token })},
		{Name: "registry.consul.token.file", Kind: Text, Ours: true,
			Help: "file with that token, which is read again when it changes",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.TokenFile })},
		{Name: "registry.consul.namespace", Kind: Text,
			Help: "namespace of Consul Enterprise for all that is read and written; other Consuls refuse any",
			set:  text(func(c *Config) *string { return &c.Registry.Consul.Namespace })},
		{Name: "registry.consul.tagprefix", Default: "urlprefix-", Kind: List,
			Help: "what tags start with that are routes, in Nomad's services too: one or several",
			set:  list(func(c *Config) *[]string { return &c.Registry.Consul.TagPrefixes })},
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
		{Name: "registry.consul.pollinterval", Default: "0s", Kind: Duration,
			Help: "read Consul this often instead of being told of changes; 0 is to be told",
			set:  duration(func(c *Config) *time.Duration { return &c.Registry.Consul.PollInterval })},
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
