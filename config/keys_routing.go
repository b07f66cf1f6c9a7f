package config

import (
	"net/netip"
	"time"
)

func routingKeys() []Key {
	return []Key{
		{Name: "proxy.strategy", Default: "rnd", Kind: Text, Choices: []string{"rnd", "rr", "leastconn", "p2c", "hash"},
			Help: "how a target is picked within a variant: rnd at random, rr in turn, leastconn with least open, p2c of two at random, hash by the client's address",
			set:  text(func(c *Config) *string { return &c.Proxy.Strategy })},
		{Name: "proxy.matcher", Default: "prefix", Kind: Text, Choices: []string{"prefix", "glob", "iprefix"},
			Help: "how paths are matched: prefix, glob, or iprefix for prefixes in upper or lower case",
			set:  text(func(c *Config) *string { return &c.Proxy.Matcher })},
		{Name: "glob.matching.disabled", Default: "false", Kind: Bool,
			Help: "hosts of routes are plain names: * and ? mean themselves",
			set:  boolean(func(c *Config) *bool { return &c.Glob.Disabled })},
		{Name: "proxy.noroutestatus", Default: "404", Kind: Int,
			Help: "HTTP status when no route fits, 200 to 999",
			set:  integer(func(c *Config) *int { return &c.Proxy.NoRouteStatus }, 200, 999)},
	}
}

func targetKeys() []Key {
	return []Key{
		{Name: "proxy.maxconn", Default: "10000", Kind: Int,
			Help: "idle connections kept for each target",
			set:  integer(func(c *Config) *int { return &c.Proxy.MaxConn }, 0, 1<<20)},
		{Name: "proxy.dialtimeout", Default: "30s", Kind: Duration,
			Help: "of one connect to a target; 0 is none",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.DialTimeout })},
		{Name: "proxy.retry.wait", Default: "2s", Kind: Duration, Ours: true,
			Help: "how long another target is looked for when one refuses the connection; 0 does not look",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.Retry.Wait })},
		{Name: "proxy.retry.percent", Default: "10", Kind: Int, Ours: true,
			Help: "on routes with retry=: so many requests in a hundred may be sent to another target after an answer",
			set:  integer(func(c *Config) *int { return &c.Proxy.Retry.Percent }, 0, 100)},
		{Name: "proxy.retry.least", Default: "3", Kind: Int, Ours: true,
			Help: "and so many in a second, however few requests there are",
			set:  integer(func(c *Config) *int { return &c.Proxy.Retry.Least }, 0, 1000)},
		{Name: "proxy.upstream.tls", Kind: Text, Ours: true,
			Help: "what TLS to targets with the option tls=NAME trusts and shows: name=NAME;ca=PATH;cert=PATH;key=PATH separated by commas",
			set: func(c *Config, raw string) (f findings) {
				c.Proxy.UpstreamTLS, f = parseUpstreamTLS(raw)
				return f
			}},
		{Name: "proxy.responseheadertimeout", Default: "0s", Kind: Duration,
			Help: "from the end of a request to the header of its response; 0 is none",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.ResponseHeaderTimeout })},
		{Name: "proxy.keepalivetimeout", Default: "0s", Kind: Duration,
			Help: "TCP keep-alive interval to targets; 0 is Go's default",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.KeepAliveTimeout })},
		{Name: "proxy.idleconntimeout", Default: "15s", Kind: Duration,
			Help: "after which an idle connection to a target is closed; 0 is never",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.IdleConnTimeout })},
	}
}

func headerKeys() []Key {
	return []Key{
		{Name: "proxy.header.clientip", Kind: Text,
			Help: "header to the target with the client's address; empty adds none",
			set:  checked(func(c *Config) *string { return &c.Proxy.Header.ClientIP }, headerName)},
		{Name: "proxy.header.requestid", Kind: Text,
			Help: "header to the target with a unique ID of the request; empty adds none",
			set:  checked(func(c *Config) *string { return &c.Proxy.Header.RequestID }, headerName)},
		{Name: "proxy.header.tls", Kind: Text,
			Help: "header to the target when the client came by TLS; empty adds none",
			set:  checked(func(c *Config) *string { return &c.Proxy.Header.TLS }, headerName)},
		{Name: "proxy.header.tls.value", Kind: Text,
			Help: "value of the header that proxy.header.tls names",
			set:  checked(func(c *Config) *string { return &c.Proxy.Header.TLSValue }, headerValue)},
		{Name: "proxy.header.sts.maxage", Default: "0", Kind: Int,
			Help: "max-age of Strict-Transport-Security to clients on TLS, in seconds; 0 sends none",
			set:  integer(func(c *Config) *int { return &c.Proxy.Header.STS.MaxAge }, 0, 1<<31-1)},
		{Name: "proxy.header.sts.subdomains", Default: "false", Kind: Bool,
			Help: "includeSubDomains in Strict-Transport-Security",
			set:  boolean(func(c *Config) *bool { return &c.Proxy.Header.STS.Subdomains })},
		{Name: "proxy.header.sts.preload", Default: "false", Kind: Bool,
			Help: "preload in Strict-Transport-Security; hard to take back, see https://hstspreload.org/#removal",
			set:  boolean(func(c *Config) *bool { return &c.Proxy.Header.STS.Preload })},
		{Name: "proxy.localip", Kind: Text,
			Help: "weir's own address in Forwarded: by=; empty detects it",
			set:  localIP(func(c *Config) *netip.Addr { return &c.Proxy.LocalIP })},
		{Name: "proxy.trusted", Kind: List, Ours: true,
			Help: "networks whose X-Forwarded-*, Forwarded and X-Real-Ip headers are believed, as CIDRs; empty is nobody",
			set:  networks(func(c *Config) *[]netip.Prefix { return &c.Proxy.Trusted })},
	}
}
