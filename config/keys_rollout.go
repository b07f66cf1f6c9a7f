package config

import (
	"net/url"
	"strings"
)

func rolloutKeys() []Key {
	return []Key{
		{Name: "rollout.policies", Kind: List, Ours: true,
			Help: "files with policies, and folders of such files that end in .yaml, .yml, .json or .hcl: one policy each, called as the file. They are read again when they change, and count before those of the store. Give all proxies of a fleet the same",
			set:  func(c *Config, raw string) findings { c.Rollout.Policies = splitList(raw); return findings{} }},
	}
}

func nomadKeys() []Key {
	return []Key{
		{Name: "nomad.addr", Kind: Text, Ours: true,
			Help: "Nomad agent that tells of allocations and deployments, and of services if nomad is in registry.backend, as http://host:4646 or https://host:4646; empty asks none. Policies say what weir may do there",
			set:  nomadAddr},
		{Name: "nomad.token", secret: true, Kind: Text, Ours: true,
			Help: "ACL token: read-job in the jobs' namespaces, and for policies with nomad: auto submit-job, or promote-deployment, fail-deployment and revert-job",
			set:  text(func(c *Config) *Secret { return &c.Nomad.Token })},
		{Name: "nomad.region", Kind: Text, Ours: true,
			Help: "region that is asked; empty is that of the agent",
			set:  text(func(c *Config) *string { return &c.Nomad.Region })},
		{Name: "nomad.tls.cafile", Kind: Text, Ours: true,
			Help: "file with the CA certificates for an https agent; empty is those of the system",
			set:  text(func(c *Config) *string { return &c.Nomad.TLS.CAFile })},
		{Name: "nomad.tls.certfile", Kind: Text, Ours: true,
			Help: "weir's certificate for an https agent",
			set:  text(func(c *Config) *string { return &c.Nomad.TLS.CertFile })},
		{Name: "nomad.tls.keyfile", Kind: Text, Ours: true,
			Help: "key of that certificate",
			set:  text(func(c *Config) *string { return &c.Nomad.TLS.KeyFile })},
		{Name: "nomad.tls.servername", Kind: Text, Ours: true,
			Help: "name in the agent's certificate, such as server.global.nomad; empty is the host of nomad.addr",
			set:  text(func(c *Config) *string { return &c.Nomad.TLS.ServerName })},
		{Name: "nomad.tls.insecureskipverify", Default: "false", Kind: Bool, Ours: true,
			Help: "the agent's certificate is not checked",
			set:  boolean(func(c *Config) *bool { return &c.Nomad.TLS.InsecureSkipVerify })},
	}
}

func notifyKeys() []Key {
	events := []string{"detected", "step", "paused", "inconclusive", "promoting", "completed", "aborted", "override"}
	return []Key{
		{Name: "notify.webhooks", secret: true, Kind: List, Ours: true,
			Help: "URLs that get a POST with JSON when something happens to a rollout",
			set:  urls(func(c *Config) *[]Secret { return &c.Notify.Webhooks })},
		{Name: "notify.slack", secret: true, Kind: List, Ours: true,
			Help: "URLs of incoming webhooks of Slack, or of what reads the same, that get one line",
			set:  urls(func(c *Config) *[]Secret { return &c.Notify.Slack })},
		{Name: "notify.events", Default: strings.Join(events, ","), Kind: List, Choices: events, Ours: true,
			Help: "what they are told of",
			set:  list(func(c *Config) *[]string { return &c.Notify.Events })},
		{Name: "notify.secret", secret: true, Kind: Text, Ours: true,
			Help: "key of the HMAC-SHA256 over time and body in X-Weir-Signature, for webhooks and gates; empty sends none",
			set:  text(func(c *Config) *Secret { return &c.Notify.Secret })},
	}
}

func nomadAddr(c *Config, raw string) findings {
	s := strings.TrimRight(strings.TrimSpace(raw), "/")
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path+u.RawQuery+u.Fragment != "") {
		return failed("%q is not a URL such as http://127.0.0.1:4646", raw)
	}
	c.Nomad.Addr = s
	return findings{}
}

// urls is a list of addresses, which may be secret and so are not quoted.
func urls(at func(*Config) *[]Secret) setter {
	return func(c *Config, raw string) (f findings) {
		for i, item := range splitList(raw) {
			u, err := url.Parse(item)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				f.add(failed("number %d is not a URL with http:// or https://", i+1))
				continue
			}
			*at(c) = append(*at(c), Secret(item))
		}
		return f
	}
}
