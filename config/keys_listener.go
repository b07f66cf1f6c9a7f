package config

import "time"

func listenerKeys() []Key {
	return []Key{
		{Name: "proxy.addr", Default: ":9999", Kind: Text,
			Help: "listeners: host:port;opt=val;... separated by commas; options proto, cs, rt, wt, it, strictmatch, tlsmin, tlsmax, tlsciphers, pxyproto, pxytimeout, pxytrust, refresh. See docs/listeners",
			set: func(c *Config, raw string) (f findings) {
				c.Listen, f = parseListeners(raw)
				return f
			}},
		{Name: "proxy.cs", Kind: Text,
			secret: true,
			Help:   "certificate sources: cs=NAME;type=TYPE;cert=PLACE;... separated by commas; types file, path, http, consul, vault, vault-pki; options key, clientca, caupgcn, refresh, hdr, vaultfetchtoken. See docs/certificates",
			set: func(c *Config, raw string) (f findings) {
				c.CertSources, f = parseCertSources(raw)
				return f
			}},
		{Name: "proxy.auth", Kind: Text,
			Help: "logins that routes may ask for: name=NAME;type=basic;file=HTPASSWD;realm=TEXT;refresh=DURATION separated by commas",
			set: func(c *Config, raw string) (f findings) {
				c.Auth, f = parseAuthSchemes(raw)
				return f
			}},
		{Name: "proxy.readtimeout", Default: "0s", Kind: Duration,
			Help: "rt of listeners that have none: the longest time without a byte from the client; 0 leaves it to proxy.timeout.*",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.ReadTimeout })},
		{Name: "proxy.writetimeout", Default: "0s", Kind: Duration,
			Help: "wt of listeners that have none: the longest time without a byte taken by the client; 0 leaves it to proxy.timeout.*",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.WriteTimeout })},
		{Name: "proxy.h2c", Default: "false", Kind: Bool, Ours: true,
			Help: "HTTP/2 without TLS, with prior knowledge, on http listeners",
			set:  boolean(func(c *Config) *bool { return &c.Proxy.H2C })},
	}
}

func shutdownKeys() []Key {
	return []Key{
		{Name: "proxy.deregistergraceperiod", Default: "0s", Kind: Duration,
			Help: "after SIGTERM: how long weir says that it is unhealthy and still serves, so that load balancers can leave, before listeners close",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.DeregisterGracePeriod })},
		{Name: "proxy.shutdownwait", Default: "0s", Kind: Duration,
			Help: "how long requests and connections may go on after listeners closed",
			set:  duration(func(c *Config) *time.Duration { return &c.Proxy.ShutdownWait })},
	}
}
