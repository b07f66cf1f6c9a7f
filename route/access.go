package route

import (
	"fmt"
	"net/netip"
	"strings"
)

// access is the allow= or deny= rule of a target. The zero value lets all in.
type access struct {
	allow, deny []netip.Prefix
	closed      bool // the rule could not be read: nobody is let in
}

func (a *access) restricted() bool {
	return a.closed || len(a.allow) > 0 || len(a.deny) > 0
}

func (a *access) allows(ip netip.Addr) bool {
	if !a.restricted() {
		return true
	}
	ip = ip.Unmap().WithZone("")
	if a.closed || !ip.IsValid() {
		return false
	}
	if len(a.allow) > 0 {
		return contains(a.allow, ip)
	}
	return !contains(a.deny, ip)
}

func contains(list []netip.Prefix, ip netip.Addr) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// parseAccess reads "ip:ADDRESS,ip:CIDR,…".
func parseAccess(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for item := range strings.SplitSeq(text, ",") {
		kind, value, _ := strings.Cut(strings.TrimSpace(item), ":")
		if !strings.EqualFold(strings.TrimSpace(kind), "ip") {
			return nil, fmt.Errorf("%q is not ip:ADDRESS or ip:CIDR", item)
		}
		p, err := parsePrefix(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("%q is not ip:ADDRESS or ip:CIDR: %w", item, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// parsePrefix reads an address or a network. What is written in the IPv6 form
// of IPv4 means IPv4.
func parsePrefix(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), err
	}
	p, err := netip.ParsePrefix(text)
	if a := p.Addr(); err == nil && a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), err
}
