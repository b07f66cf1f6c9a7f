package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// finish looks at the values together and fills in what depends on others.
func (l *loader) finish(environ []string) {
	c := l.config
	for i := range c.Listen {
		fill(&c.Listen[i].ReadTimeout, c.Proxy.ReadTimeout)
		fill(&c.Listen[i].WriteTimeout, c.Proxy.WriteTimeout)
	}
	if c.Store.Backend == "auto" {
		c.Store.Backend = "embedded"
		if slices.Contains(c.Registry.Backends, "consul") {
			c.Store.Backend = "consul"
		}
	}
	if c.Store.Path == "" {
		c.Store.Path = defaultStorePath(environ, c.UI.Addr)
	}
	l.fillProxyProto()
	l.checkListeners()
	l.checkRegistry()
	l.checkLogin()
	l.checkAccessLog()
	l.checkMetrics()
	if tls := c.Nomad.TLS; (tls.CertFile == "") != (tls.KeyFile == "") {
		l.fail(l.setting("nomad.tls.certfile"), "goes only together with nomad.tls.keyfile")
	}
}

// checkSource looks for the certificate source of a listener that s gives.
func (l *loader) checkSource(s setting, a Listener) {
	named := func(cs CertSource) bool { return cs.Name == a.CertSource }
	if a.CertSource != "" && !l.failed("proxy.cs") && !slices.ContainsFunc(l.config.CertSources, named) {
		l.fail(s, fmt.Sprintf("listener %q: proxy.cs has no certificate source %q", a.Addr, a.CertSource))
	}
}

func (l *loader) checkListeners() {
	c, s := l.config, l.setting("proxy.addr")
	l.checkSource(l.setting("ui.addr"), c.UI.Listener)
	if c.UI.Listener.TLS() && c.UI.TLS.CertFile != "" {
		l.fail(l.setting("ui.addr"), "names a certificate source, and ui.tls.certfile a certificate: give one of them")
	}
	for i, a := range c.Listen {
		l.checkSource(s, a)
		for _, b := range append(slices.Clone(c.Listen[:i]), Listener{Addr: c.UI.Addr}) {
			if a.Addr == b.Addr && !strings.HasSuffix(a.Addr, ":0") {
				l.fail(s, fmt.Sprintf("listener %q: the address is taken by another listener or by ui.addr", a.Addr))
			}
		}
	}
}

func (l *loader) checkRegistry() {
	r := l.config.Registry
	for _, needs := range []struct{ backend, key, value, what string }{
		{"file", "registry.file.path", r.File.Path, "file"},
		{"custom", "registry.custom.host", r.Custom.Host, "host"},
		{"nomad", "nomad.addr", l.config.Nomad.Addr, "agent"},
	} {
		if slices.Contains(r.Backends, needs.backend) && needs.value == "" && !l.failed(needs.key) {
			l.fail(l.setting(needs.key), "names no "+needs.what+", which registry.backend="+needs.backend+" needs")
		}
	}
	if r.Consul.Token != "" && r.Consul.TokenFile != "" {
		l.fail(l.setting("registry.consul.token.file"), "goes only without registry.consul.token")
	}
	if r.Consul.AllowStale && r.Consul.RequireConsistent {
		l.fail(l.setting("registry.consul.allowStale"), "cannot be true together with registry.consul.requireConsistent: set that to false")
	}
	tls := r.Consul.TLS
	if (tls.CertFile == "") != (tls.KeyFile == "") {
		l.fail(l.setting("registry.consul.tls.certfile"), "goes only together with registry.consul.tls.keyfile")
	}
}

func fill(at *time.Duration, preset time.Duration) {
	if *at == unset {
		*at = preset
	}
}

// defaultStorePath follows the XDG base directories: a state file belongs to
// the user who runs weir. The admin port is in the name, because only one
// process can have the file and two that run side by side differ in that.
func defaultStorePath(environ []string, admin string) string {
	folder := func(name string) string {
		for _, e := range environ {
			if value, ok := strings.CutPrefix(e, name+"="); ok && filepath.IsAbs(value) {
				return value
			}
		}
		return ""
	}
	file := "weir-" + admin[strings.LastIndexByte(admin, ':')+1:] + ".db"
	if state := folder("XDG_STATE_HOME"); state != "" {
		return filepath.Join(state, "weir", file)
	}
	if home := folder("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "weir", file)
	}
	return file
}
