package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

func splitHostPort(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	if err != nil {
		return "", "", fmt.Errorf("%q is not host:port", s)
	}
	return host, port, nil
}

// checkHost accepts IP addresses, host names and nothing at all.
func checkHost(host string) error {
	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return fmt.Errorf("%q is not an IP address", host)
		}
		return nil
	}
	odd := func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && r != '-' && r != '.' && r != '_'
	}
	if strings.ContainsFunc(host, odd) {
		return fmt.Errorf("%q is not a host name or an IP address", host)
	}
	return nil
}
