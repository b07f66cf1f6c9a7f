package config

import (
	"strings"
	"time"
)

func registerKeys() []Key {
	register := func(c *Config) *Register { return &c.Registry.Consul.Register }
	return []Key{
		{Name: "registry.consul.register.enabled", Default: "true", Kind: Bool,
			Help: "register weir itself in Consul, when consul is a backend",
			set:  boolean(func(c *Config) *bool { return &register(c).Enabled })},
		{Name: "registry.consul.register.addr", Kind: Text, Fabio: ":9998",
			Help: "host:port of that registration, of the admin listener; empty is that of ui.addr, without a host the address of this machine",
			set:  registerAddr},
		{Name: "registry.consul.register.name", Default: "fabio", Kind: Text,
			Help: "name of that service",
			set:  checked(func(c *Config) *string { return &register(c).Name }, notEmpty)},
		{Name: "registry.consul.register.tags", Kind: List,
			Help: "tags of that service",
			set:  words(func(c *Config) *[]string { return &register(c).Tags })},
		{Name: "registry.consul.register.checkInterval", Default: "1s", Kind: Duration,
			Help: "how often the agent asks for /health",
			set:  limit(func(c *Config) *time.Duration { return &register(c).CheckInterval })},
		{Name: "registry.consul.register.checkTimeout", Default: "3s", Kind: Duration,
			Help: "how long the answer may take",
			set:  limit(func(c *Config) *time.Duration { return &register(c).CheckTimeout })},
		{Name: "registry.consul.register.checkTLSSkipVerify", Default: "false", Kind: Bool,
			Help: "the agent does not check the certificate of the admin listener",
			set:  boolean(func(c *Config) *bool { return &register(c).CheckTLSSkipVerify })},
	}
}

// registerAddr is host:port or :port.
func registerAddr(c *Config, raw string) findings {
	addr := strings.TrimSpace(raw)
	if addr != "" {
		if err := checkHostPort(addr); err != nil {
			return failed("%v", err)
		}
	}
	c.Registry.Consul.Register.Addr = addr
	return findings{}
}

// words is any number of texts.
func words(at func(*Config) *[]string) setter {
	return func(c *Config, raw string) findings {
		*at(c) = splitList(raw)
		return findings{}
	}
}
