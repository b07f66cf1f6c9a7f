package config

import "time"

func limitKeys() []Key {
	return []Key{
		{Name: "proxy.limits.headerbytes", Default: "61440", Kind: Int, Ours: true,
			Help: "bytes of one request's header, 1024 to 1048576",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.HeaderBytes }, 1<<10, 1<<20)},
		{Name: "proxy.limits.headerfields", Default: "200", Kind: Int, Ours: true,
			Help: "lines of one request's header, 10 to 10000",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.HeaderFields }, 10, 10000)},
		{Name: "proxy.limits.uribytes", Default: "16384", Kind: Int, Ours: true,
			Help: "bytes of one request target, 256 to 1048576",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.URIBytes }, 1<<8, 1<<20)},
		{Name: "proxy.limits.conns", Default: "20000", Kind: Int, Ours: true,
			Help: "open connections of each listener, 1 to 10000000",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.Conns }, 1, 10_000_000)},
		{Name: "proxy.limits.connsperip", Default: "10000", Kind: Int, Ours: true,
			Help: "open connections of one client address on a listener, so that one client cannot take them all; 0 is as many as proxy.limits.conns",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.ConnsPerIP }, 0, 10_000_000)},
		{Name: "proxy.limits.inflight", Default: "0", Kind: Int, Ours: true,
			Help: "requests at one target at a time; 0 is no limit",
			set:  integer(func(c *Config) *int { return &c.Proxy.Limits.InFlight }, 0, 10_000_000)},
		{Name: "proxy.timeout.header", Default: "5s", Kind: Duration, Ours: true,
			Help: "for a request's header, from its first byte",
			set:  limit(func(c *Config) *time.Duration { return &c.Proxy.Timeout.Header })},
		{Name: "proxy.timeout.hello", Default: "5s", Kind: Duration, Ours: true,
			Help: "for the TLS ClientHello and the handshake together",
			set:  limit(func(c *Config) *time.Duration { return &c.Proxy.Timeout.Hello })},
		{Name: "proxy.timeout.idle", Default: "75s", Kind: Duration, Ours: true,
			Help: "between two requests of one connection",
			set:  limit(func(c *Config) *time.Duration { return &c.Proxy.Timeout.Idle })},
		{Name: "proxy.timeout.body", Default: "60s", Kind: Duration, Ours: true,
			Help: "without a byte of a request's or response's body",
			set:  limit(func(c *Config) *time.Duration { return &c.Proxy.Timeout.Body })},
		{Name: "proxy.timeout.request", Default: "0s", Kind: Duration, Ours: true,
			Help: "for a whole request with its response; 0 is no limit",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.Timeout.Request })},
		{Name: "proxy.timeout.tcpidle", Default: "10m", Kind: Duration, Ours: true,
			Help: "without a byte in either direction on a connection of tcp and tcp+sni",
			set:  limit(func(c *Config) *time.Duration { return &c.Proxy.Timeout.TCPIdle })},
	}
}
