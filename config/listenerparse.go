package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseListeners reads proxy.addr. Timeouts that are not given are unset.
func parseListeners(s string) ([]Listener, findings) {
	entries, err := parseEntries(s)
	if err != nil {
		return nil, failed("%v", err)
	}
	var listeners []Listener
	var all findings
	for _, e := range entries {
		l, f := parseListener(e)
		all.add(f)
		if len(f.errs) == 0 {
			listeners = append(listeners, l)
		}
	}
	if len(entries) == 0 {
		all.add(failed("no listener is given: write host:port or :port"))
	}
	return listeners, all
}

// given collects options of a listener that mean something only together.
type given struct {
	proxyProto bool
	proxy      ProxyProto
}

func parseListener(e entry) (Listener, findings) {
	l := Listener{ReadTimeout: unset, WriteTimeout: unset, IdleTimeout: 0}
	var g given
	what := "listener " + optionName(pair{value: e.address()})
	f := e.options(what, l.options(&g))
	if l.Proto == "" {
		l.Proto = "http"
		if l.CertSource != "" {
			l.Proto = "https"
		}
	}
	if len(f.errs) == 0 {
		f.add(l.check(what, e))
		f.add(g.check(what, &l))
	}
	return l, f
}

// address returns the value of an entry that has no key, or addr as its key.
func (e entry) address() string {
	for _, p := range e {
		if p.key == "" || p.key == "addr" {
			return p.value
		}
	}
	return ""
}

// options returns the options of the listener grammar, which set l and g.
func (l *Listener) options(g *given) map[string]func(string) error {
	return map[string]func(string) error{
		"":            l.setAddr,
		"addr":        l.setAddr,
		"proto":       l.setProto,
		"cs":          setText(&l.CertSource),
		"rt":          setDuration(&l.ReadTimeout),
		"wt":          setDuration(&l.WriteTimeout),
		"it":          setDuration(&l.IdleTimeout),
		"strictmatch": setBool(&l.StrictMatch),
		"tlsmin":      setParsed(&l.TLSMin, tlsVersion),
		"tlsmax":      setParsed(&l.TLSMax, tlsVersion),
		"tlsciphers":  setParsed(&l.TLSCiphers, tlsCiphers),
		"pxyproto":    setBool(&g.proxyProto),
		"pxytimeout":  setDuration(&g.proxy.Timeout),
		"pxytrust":    setParsed(&g.proxy.Trusted, parsePrefixes),
		"refresh":     setDuration(&l.Refresh),
	}
}

func (l *Listener) setAddr(s string) error {
	if l.Addr != "" {
		return fmt.Errorf("the address is %s already", l.Addr)
	}
	s, err := expandAddr(s)
	if err != nil {
		return err
	}
	l.Addr = s
	return checkHostPort(s)
}

func (l *Listener) setProto(s string) error {
	all := []string{"http", "https", "grpc", "grpcs", "tcp", "tcp+sni", "https+tcp+sni", "tcp-dynamic", "prometheus"}
	l.Proto = s
	if slices.Contains(all, s) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s%s", s, strings.Join(all, ", "), meant(s, all))
}

// check looks at the options of one listener together.
func (l *Listener) check(what string, e entry) findings {
	var f findings
	if l.Addr == "" {
		f.errs = append(f.errs, what+": no address is given: write host:port or :port first")
	}
	switch {
	case (l.Proto == "https" || l.Proto == "grpcs") && !l.TLS():
		f.errs = append(f.errs, fmt.Sprintf("%s: proto %s needs a certificate source, cs=NAME", what, l.Proto))
	case slices.Contains([]string{"http", "grpc", "tcp+sni"}, l.Proto) && l.TLS():
		f.errs = append(f.errs, fmt.Sprintf("%s: proto %s takes no certificate source", what, l.Proto))
	}
	if l.TLSMin != 0 && l.TLSMax != 0 && l.TLSMin > l.TLSMax {
		f.errs = append(f.errs, what+": tlsmin is above tlsmax")
	}
	for _, p := range e {
		if tlsOnly := p.key == "strictmatch" || strings.HasPrefix(p.key, "tls"); tlsOnly && !l.TLS() {
			f.warns = append(f.warns, fmt.Sprintf("%s: %s has no effect without a certificate source", what, p.key))
		}
	}
	return f
}

// check takes over into l what goes together, and warns of what is alone.
func (g *given) check(what string, l *Listener) (f findings) {
	switch {
	case g.proxyProto:
		l.ProxyProto = &g.proxy
	case g.proxy.Timeout != 0 || len(g.proxy.Trusted) > 0:
		f.warns = append(f.warns, what+": pxytimeout and pxytrust have no effect without pxyproto=true")
	}
	if l.Refresh != 0 && l.Proto != "tcp-dynamic" {
		f.warns = append(f.warns, fmt.Sprintf("%s: refresh has no effect on proto %s", what, l.Proto))
		l.Refresh = 0
	}
	return f
}

// checkHostPort checks a host:port to listen on.
func checkHostPort(s string) error {
	host, port, err := splitHostPort(s)
	if err != nil {
		return err
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	return checkHost(host)
}
