package config

import (
	"net/netip"
	"strings"
)

// parsePrefixes reads networks, comma separated.
func parsePrefixes(s string) (all []netip.Prefix, err error) {
	for _, item := range splitList(s) {
		p, err := parseNetwork(item)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func joinPrefixes(all []netip.Prefix) string {
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}

// fillProxyProto says whose PROXY headers are believed where pxytrust does not:
// those of proxy.trusted, else of this machine.
func (l *loader) fillProxyProto() {
	trusted := l.config.Proxy.Trusted
	if len(trusted) == 0 {
		trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	for _, a := range l.config.Listen {
		if a.ProxyProto == nil || len(a.ProxyProto.Trusted) > 0 {
			continue
		}
		a.ProxyProto.Trusted = trusted
		if len(l.config.Proxy.Trusted) == 0 {
			l.warn(l.setting("proxy.addr"), "listener "+a.Addr+": pxyproto believes only proxies on this machine: give the networks of others as pxytrust=, or as proxy.trusted")
		}
	}
}
