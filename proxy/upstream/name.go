package upstream

import (
	"bytes"
	"net"
	"strings"

	"weir/route"
)

// ServerName is the name that t is asked for over TLS when the client asked for
// host: without port and brackets.
func ServerName(t *route.Target, host string) string {
	for _, name := range []string{t.ServerName(), host, t.Addr()} {
		if name == "" {
			continue
		}
		if h, _, err := net.SplitHostPort(name); err == nil {
			return h
		}
		return strings.Trim(name, "[]")
	}
	return ""
}

// name is the part of the server name that the pool key of t leaves open: host,
// the one that the client asked for, without port. It is a part of host.
func name(t *route.Target, host []byte) []byte {
	if t.ServerName() != "" || !Secure(t.Scheme()) {
		return nil
	}
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && host[len(host)-1] != ']' {
		host = host[:i]
	}
	return bytes.Trim(host, "[]")
}
