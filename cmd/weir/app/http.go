package app

import (
	"fmt"
	"strings"

	"weir/config"
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
