package config

import (
	"net/url"
	"strings"
	"time"
)

// loginKeys say how people and programs are known to the admin listener.
func loginKeys() []Key {
	return []Key{
		{Name: "ui.hosts", Kind: List, Ours: true,
			Help: "names by which browsers reach ui.addr, besides addresses and localhost: what they write by another name is refused",
			set: func(c *Config, raw string) findings {
				c.UI.Hosts = splitList(raw)
				return findings{}
			}},
		{Name: "ui.tls.certfile", Kind: Text, Ours: true,
			Help: "certificate of ui.addr; with it that is https only",
			set:  text(func(c *Config) *string { return &c.UI.TLS.CertFile })},
		{Name: "ui.tls.keyfile", Kind: Text, Ours: true,
			Help: "key of that certificate",
			set:  text(func(c *Config) *string { return &c.UI.TLS.KeyFile })},
		{Name: "ui.tls.cafile", Kind: Text, Ours: true,
			Help: "authorities of the client certificates that people and programs may log in with; empty asks for none",
			set:  text(func(c *Config) *string { return &c.UI.TLS.CAFile })},
		{Name: "ui.auth.file", Kind: Text, Ours: true,
			Help: "YAML file of tokens, and of who has which role; empty is no login, and then ui.addr takes writes on loopback only. See docs/ADMIN.md",
			set:  text(func(c *Config) *string { return &c.UI.Auth.File })},
		{Name: "ui.auth.htpasswd", Kind: Text, Ours: true,
			Help: "htpasswd file of those who log in with a password; needs ui.auth.file",
			set:  text(func(c *Config) *string { return &c.UI.Auth.Htpasswd })},
		{Name: "ui.auth.session", Default: "8h", Kind: Duration, Ours: true,
			Help: "how long a login lasts, 1m to 720h", set: sessionTime},
		{Name: "ui.auth.secret", secret: true, Kind: Text, Ours: true,
			Help: "signs sessions, at least 32 characters; the same on several proxies makes a session good at all of them. Empty makes one at each start",
			set:  sessionSecret},
		{Name: "ui.auth.oidc.issuer", Kind: Text, Ours: true,
			Help: "URL of an OpenID Connect provider that people log in at; empty is none. Needs ui.auth.file",
			set:  absoluteURL(func(c *Config) *string { return &c.UI.Auth.OIDC.Issuer })},
		{Name: "ui.auth.oidc.clientid", Kind: Text, Ours: true,
			Help: "by what the provider knows weir",
			set:  text(func(c *Config) *string { return &c.UI.Auth.OIDC.ClientID })},
		{Name: "ui.auth.oidc.clientsecret", secret: true, Kind: Text, Ours: true,
			Help: "secret of that client",
			set:  text(func(c *Config) *Secret { return &c.UI.Auth.OIDC.ClientSecret })},
		{Name: "ui.auth.oidc.redirect", Kind: Text, Ours: true,
			Help: "URL of ui.addr's /api/v1/login/oidc/callback as browsers reach it, which the provider has to know; its host is as one of ui.hosts",
			set:  absoluteURL(func(c *Config) *string { return &c.UI.Auth.OIDC.Redirect })},
		{Name: "ui.auth.oidc.scopes", Default: "openid,profile,email", Kind: List, Ours: true,
			Help: "what the provider is asked for",
			set:  list(func(c *Config) *[]string { return &c.UI.Auth.OIDC.Scopes })},
		{Name: "ui.auth.oidc.claim", Default: "email", Kind: Text, Ours: true,
			Help: "claim of the ID token with the name that ui.auth.file speaks of; email only counts with email_verified",
			set:  text(func(c *Config) *string { return &c.UI.Auth.OIDC.Claim })},
		{Name: "ui.auth.oidc.groups", Default: "groups", Kind: Text, Ours: true,
			Help: "claim of the ID token with the list of groups",
			set:  text(func(c *Config) *string { return &c.UI.Auth.OIDC.Groups })},
	}
}

// absoluteURL is empty, or a URL of http or https.
func absoluteURL(at func(*Config) *string) setter {
	return func(c *Config, raw string) findings {
		s := strings.TrimSpace(raw)
		u, err := url.Parse(s)
		if s != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "") {
			return failed("%q is not a URL such as https://weir.example.com/", raw)
		}
		*at(c) = s
		return findings{}
	}
}

func sessionTime(c *Config, raw string) findings {
	d, err := parseDuration(raw)
	if err != nil {
		return failed("%v", err)
	}
	if d < time.Minute || d > 720*time.Hour {
		return failed("%s is not between 1m and 720h", raw)
	}
	c.UI.Auth.Session = d
	return findings{}
}

func sessionSecret(c *Config, raw string) findings {
	if raw != "" && len(raw) < 32 {
		return failed("has %d characters, want at least 32", len(raw))
	}
	c.UI.Auth.Secret = Secret(raw)
	return findings{}
}

// checkLogin looks at the keys of the login together.
func (l *loader) checkLogin() {
	ui := l.config.UI
	if (ui.TLS.CertFile == "") != (ui.TLS.KeyFile == "") {
		l.fail(l.setting("ui.tls.certfile"), "goes only together with ui.tls.keyfile")
	}
	if ui.TLS.CAFile != "" && ui.TLS.CertFile == "" {
		l.fail(l.setting("ui.tls.cafile"), "needs ui.tls.certfile")
	}
	for _, k := range []struct{ key, value string }{
		{"ui.auth.htpasswd", ui.Auth.Htpasswd}, {"ui.auth.oidc.issuer", ui.Auth.OIDC.Issuer}, {"ui.tls.cafile", ui.TLS.CAFile},
	} {
		if k.value != "" && ui.Auth.File == "" {
			l.fail(l.setting(k.key), "needs ui.auth.file, which says who may do what")
		}
	}
	if o := ui.Auth.OIDC; o.Issuer != "" && (o.ClientID == "" || o.Redirect == "") {
		l.fail(l.setting("ui.auth.oidc.issuer"), "needs ui.auth.oidc.clientid and ui.auth.oidc.redirect")
	}
}
