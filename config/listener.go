package config

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Listener is an address that weir opens and what it speaks there.
type Listener struct {
	Addr  string // host:port; an empty host is every interface, port 0 is any free port
	Proto string // "http", "https", "grpc", "grpcs", "tcp", "tcp+sni", "https+tcp+sni", "tcp-dynamic" or "prometheus"

	// CertSource names one of Config.CertSources. Always set for https and grpcs,
	// never for http, grpc and tcp+sni. Others end TLS where it is set.
	CertSource string

	Refresh time.Duration // of tcp-dynamic, between two looks at the table; 0: 5 s

	// ProxyProto is nil where no PROXY header is read.
	ProxyProto *ProxyProto

	ReadTimeout  time.Duration // without a byte from the client; 0: the limits of Proxy.Timeout
	WriteTimeout time.Duration // without a byte taken by the client; 0: the limits of Proxy.Timeout
	IdleTimeout  time.Duration // between two requests; 0: Proxy.Timeout.Idle

	StrictMatch bool     // refuse names without a certificate of their own
	TLSMin      uint16   // as in crypto/tls; 0: TLS 1.2
	TLSMax      uint16   // as in crypto/tls; 0: the newest
	TLSCiphers  []uint16 // as in crypto/tls; empty: Go's choice
}

// ProxyProto says whose PROXY headers a listener reads.
type ProxyProto struct {
	Timeout time.Duration  // for the header of a client that says nothing; 0: 250 ms
	Trusted []netip.Prefix // after Load at least one
}

// unset marks a timeout of a listener that the global key has to fill.
const unset time.Duration = -1

// String returns the listener in the grammar of proxy.addr. Reading that gives
// the same listener.
func (l Listener) String() string {
	var b strings.Builder
	b.WriteString(l.Addr)
	option := func(name, value string) { fmt.Fprintf(&b, ";%s=%s", name, quote(value)) }
	option("proto", l.Proto)
	if l.CertSource != "" {
		option("cs", l.CertSource)
	}
	for _, t := range []struct {
		name string
		d    time.Duration
	}{{"rt", l.ReadTimeout}, {"wt", l.WriteTimeout}, {"it", l.IdleTimeout}} {
		if t.d != unset {
			option(t.name, t.d.String())
		}
	}
	if l.StrictMatch {
		option("strictmatch", "true")
	}
	if l.TLSMin != 0 {
		option("tlsmin", tlsVersionName(l.TLSMin))
	}
	if l.TLSMax != 0 {
		option("tlsmax", tlsVersionName(l.TLSMax))
	}
	if len(l.TLSCiphers) > 0 {
		names := make([]string, len(l.TLSCiphers))
		for i, id := range l.TLSCiphers {
			names[i] = tls.CipherSuiteName(id)
		}
		option("tlsciphers", strings.Join(names, ","))
	}
	if l.Refresh != 0 {
		option("refresh", l.Refresh.String())
	}
	if p := l.ProxyProto; p != nil {
		option("pxyproto", "true")
		if p.Timeout != 0 {
			option("pxytimeout", p.Timeout.String())
		}
		if len(p.Trusted) > 0 {
			option("pxytrust", joinPrefixes(p.Trusted))
		}
	}
	return b.String()
}

// TLS says whether the listener ends TLS itself, for some names at least.
func (l Listener) TLS() bool { return l.CertSource != "" }
