package config

import (
	"net/url"
	"strings"
	"time"
)

func customKeys() []Key {
	return []Key{
		{Name: "registry.custom.host", Kind: Text,
			Help: "host:port of the URL that answers with the route commands as JSON", set: customHost},
		{Name: "registry.custom.scheme", Default: "https", Kind: Text, Choices: []string{"http", "https"},
			Help: "scheme of that URL",
			set:  text(func(c *Config) *string { return &c.Registry.Custom.Scheme })},
		{Name: "registry.custom.path", Kind: Text,
			Help: "path of that URL",
			set:  text(func(c *Config) *string { return &c.Registry.Custom.Path })},
		{Name: "registry.custom.queryparams", Kind: Text, secret: true,
			Help: "query of that URL, such as a=1&b=2",
			set:  text(func(c *Config) *Secret { return &c.Registry.Custom.QueryParams })},
		{Name: "registry.custom.pollinterval", Default: "10s", Kind: Duration,
			Help: "how often it is read",
			set:  limit(func(c *Config) *time.Duration { return &c.Registry.Custom.PollInterval })},
		{Name: "registry.custom.timeout", Default: "5s", Kind: Duration,
			Help: "how long an answer may take",
			set:  limit(func(c *Config) *time.Duration { return &c.Registry.Custom.Timeout })},
		{Name: "registry.custom.checkTLSSkipVerify", Default: "false", Kind: Bool,
			Help: "the server's certificate is not checked",
			set:  boolean(func(c *Config) *bool { return &c.Registry.Custom.CheckTLSSkipVerify })},
		{Name: "registry.custom.noroutehtml", Kind: Text,
			Help: "custom backend: the page itself when no route fits",
			set:  text(func(c *Config) *string { return &c.Registry.Custom.NoRouteHTML })},
	}
}

// customHost is what stands between the scheme and the path of a URL.
func customHost(c *Config, raw string) findings {
	host := strings.TrimSpace(raw)
	if u, err := url.Parse("https://" + host + "/"); err != nil || u.Host != host {
		return failed("%q is not a host such as routes.example.com:8080", raw)
	}
	c.Registry.Custom.Host = host
	return findings{}
}
