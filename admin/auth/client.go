package auth

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client is the address of who made a request: the peer's or, where the peer is in
// Config.Trusted, the last one of X-Forwarded-For that is not. It is not valid
// where the peer has none.
func (a *Auth) Client(r *http.Request) netip.Addr {
	peer := parseAddr(r.RemoteAddr)
	trusted := func(addr netip.Addr) bool {
		return slices.ContainsFunc(a.conf.Trusted, func(p netip.Prefix) bool { return p.Contains(addr) })
	}
	if !trusted(peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr := parseAddr(strings.TrimSpace(hop))
		if !addr.IsValid() {
			break // whoever wrote what stands before it is not known
		}
		if peer = addr; !trusted(addr) {
			break
		}
	}
	return peer
}

// parseAddr reads an address with or without a port; what is none is not valid.
func parseAddr(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// origin is by what attempts of a client are counted: its address, of which
// somebody with IPv6 has a whole /64.
func (a *Auth) origin(r *http.Request) string {
	addr := a.Client(r)
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
