package app

import (
	"fmt"
	"net"

	"weir/admin"
	"weir/config"
	"weir/registry"
	"weir/registry/consul"
	"weir/registry/file"
	"weir/registry/static"
	"weir/store"
	"weir/store/consulkv"
	"weir/store/embedded"
)

// source makes the configured registry, and the override texts that it keeps,
// nil where it keeps none.
func (a *App) source() (registry.Source, admin.Overrides, error) {
	if a.Source != nil {
		return a.Source, nil, nil
	}
	c := a.Config.Registry
	switch c.Backend {
	case "file":
		return file.Source{Path: c.File.Path, NoRoute: c.File.NoRouteHTMLPath}, nil, nil
	case "static":
		return static.Source{Routes: c.Static.Routes, NoRouteHTML: c.Static.NoRouteHTML}, nil, nil
	case "consul":
		s, err := consul.New(consul.Config{
			Agent: agent(c), TagPrefix: c.Consul.TagPrefix, Status: c.Consul.ServiceStatus,
			AllChecks: c.Consul.ChecksRequired == "all", KVPath: c.Consul.KVPath, NoRoute: c.Consul.NoRouteHTMLPath,
		})
		if err != nil {
			return nil, nil, err
		}
		return s, s.Manual(), nil
	}
	return nil, nil, fmt.Errorf("registry.backend %q is not consul, file or static", c.Backend)
}

// agent is how the registry and the store talk to Consul.
func agent(r config.Registry) consulkv.Agent {
	c := r.Consul
	return consulkv.Agent{
		Address: c.Scheme + "://" + c.Addr, Token: string(c.Token),
		TLS: consulkv.TLS{CAFile: c.TLS.CAFile, CAPath: c.TLS.CAPath, CertFile: c.TLS.CertFile, KeyFile: c.TLS.KeyFile,
			InsecureSkipVerify: c.TLS.InsecureSkipVerify},
		Retry:             r.Retry,
		RequireConsistent: c.RequireConsistent, AllowStale: c.AllowStale,
	}
}

// closingStore is a store that somebody has to close.
type closingStore interface {
	store.Store
	Close() error
}

func openStore(conf *config.Config) (closingStore, error) {
	if conf.Store.Backend == "consul" {
		return consulkv.Open(agent(conf.Registry), conf.Store.Consul.Prefix)
	}
	return embedded.Open(conf.Store.Path)
}

// localIP is by= of the Forwarded field: proxy.localip, else the first address
// of this machine that others can reach.
func localIP(c config.Proxy) string {
	if c.LocalIP.IsValid() {
		return c.LocalIP.String()
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}
