package app

import (
	"fmt"
	"strings"

	"weir/config"
	"weir/proxy/auth"
	"weir/proxy/exchange"
	"weir/route"
)

func routeOptions(conf *config.Config) route.Options {
	return route.Options{
		TagPrefix:   conf.Registry.Consul.TagPrefixes[0],
		Strategy:    route.Strategy(conf.Proxy.Strategy),
		Matcher:     route.Matcher(conf.Proxy.Matcher),
		ExactHosts:  conf.Glob.Disabled,
		Credentials: credentialNames(conf.Proxy.UpstreamTLS),
	}
}

// policy is what weir does to header fields.
func policy(h config.Header, localIP string) exchange.Policy {
	return exchange.Policy{
		LocalIP:   localIP,
		ClientIP:  clientIP(h.ClientIP),
		TLSField:  h.TLS,
		TLSValue:  h.TLSValue,
		RequestID: h.RequestID,
		HSTS:      hsts(h.STS),
	}
}

// clientIP is the name of a field for the client's address, empty where that
// is one which every request carries anyway.
func clientIP(name string) string {
	if strings.EqualFold(name, "X-Forwarded-For") || strings.EqualFold(name, "X-Real-Ip") {
		return ""
	}
	return name
}

// hsts is the Strict-Transport-Security value, empty for none.
func hsts(s config.STS) string {
	if s.MaxAge <= 0 {
		return ""
	}
	parts := []string{fmt.Sprintf("max-age=%d", s.MaxAge)}
	if s.Subdomains {
		parts = append(parts, "includeSubdomains")
	}
	if s.Preload {
		parts = append(parts, "preload")
	}
	return strings.Join(parts, "; ")
}

// schemes loads the auth schemes of proxy.auth.
func (a *App) schemes() (map[string]exchange.Authorizer, []*auth.Basic, error) {
	byName := map[string]exchange.Authorizer{}
	var all []*auth.Basic
	for _, s := range a.Config.Auth {
		b := &auth.Basic{File: s.File, Realm: s.Realm, Refresh: s.Refresh, Log: a.Log}
		if err := b.Load(); err != nil {
			return nil, nil, fmt.Errorf("proxy.auth %s: %w", s.Name, err)
		}
		byName[s.Name] = b
		all = append(all, b)
	}
	return byName, all, nil
}
