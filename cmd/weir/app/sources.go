package app

import (
	"fmt"
	"net"
	"strings"

	"weir/admin"
	"weir/config"
	"weir/registry"
	"weir/registry/consul"
	"weir/registry/custom"
	"weir/registry/file"
	"weir/registry/nomad"
	"weir/registry/static"
	"weir/store"
	"weir/store/consulkv"
	"weir/store/embedded"
)

// sources makes the configured registries, in their order, and the override
// texts that one of them keeps, nil where none does.
func (a *App) sources(p *parts) (list []registry.Source, texts admin.Overrides, err error) {
	if a.Source != nil {
		return []registry.Source{a.Source}, nil, nil
	}
	c := a.Config.Registry
	for _, backend := range c.Backends {
		switch backend {
		case "file":
			list = append(list, file.Source{Path: c.File.Path, NoRoute: c.File.NoRouteHTMLPath})
		case "static":
			list = append(list, static.Source{Routes: c.Static.Routes, NoRouteHTML: c.Static.NoRouteHTML})
		case "consul":
			s, err := a.consul()
			if err != nil {
				return nil, nil, err
			}
			list, texts = append(list, s), s.Manual()
		case "nomad":
			list = append(list, &nomad.Source{
				Agent: p.nomad, Address: a.Config.Nomad.Addr, Namespace: c.Nomad.Namespace, TagPrefix: c.Consul.TagPrefixes, Retry: c.Retry,
			})
		case "custom":
			s, err := custom.New(customConfig(c))
			if err != nil {
				return nil, nil, err
			}
			list = append(list, s)
		default:
			return nil, nil, fmt.Errorf("registry.backend: %q is not one of consul, nomad, file, static, custom", backend)
		}
	}
	return list, texts, nil
}

func (a *App) consul() (*consul.Source, error) {
	c := a.Config.Registry.Consul
	return consul.New(consul.Config{
		Agent: agent(a.Config.Registry), TagPrefix: c.TagPrefixes, Status: c.ServiceStatus, AllChecks: c.ChecksRequired == "all",
		KVPath: c.KVPath, NoRoute: c.NoRouteHTMLPath, Poll: c.PollInterval,
	})
}

// customConfig puts the parts of the URL together as fabio does.
func customConfig(r config.Registry) custom.Config {
	c := r.Custom
	u := c.Scheme + "://" + c.Host + "/" + strings.TrimPrefix(c.Path, "/")
	if c.QueryParams != "" {
		u += "?" + string(c.QueryParams)
	}
	return custom.Config{
		URL: u, Poll: c.PollInterval, Retry: r.Retry, Timeout: c.Timeout, InsecureSkipVerify: c.CheckTLSSkipVerify, NoRouteHTML: c.NoRouteHTML,
	}
}

// agent is how the registry and the store talk to Consul.
func agent(r config.Registry) consulkv.Agent {
	c := r.Consul
	return consulkv.Agent{
		Address: c.Scheme + "://" + c.Addr, Token: string(c.Token), TokenFile: c.TokenFile, Namespace: c.Namespace,
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
