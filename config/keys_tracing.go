package config

import "net/url"

func tracingKeys() []Key {
	return []Key{
		{Name: "tracing.endpoint", Kind: Text, Ours: true,
			Help: "URL that spans are sent to in OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; empty is no tracing",
			set:  checked(func(c *Config) *string { return &c.Tracing.Endpoint }, isEndpoint)},
		{Name: "tracing.sample", Default: "1", Kind: Floats, Ours: true,
			Help: "part of the requests that is traced where no peer of proxy.trusted has decided, 0 to 1",
			set:  fraction(func(c *Config) *float64 { return &c.Tracing.Sample })},
		{Name: "tracing.service", Default: "weir", Kind: Text, Ours: true,
			Help: "name of this service in traces",
			set:  checked(func(c *Config) *string { return &c.Tracing.Service }, notEmpty)},
	}
}

// isEndpoint accepts a URL with a path, or nothing.
func isEndpoint(s string) string {
	u, err := url.Parse(s)
	if s == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Path != "" && u.Path != "/" {
		return ""
	}
	return "a URL with a path such as http://127.0.0.1:4318/v1/traces"
}
