package app

import (
	"cmp"
	"crypto/tls"
	"net"

	"weir/admin"
	"weir/certs"
	"weir/config"
	"weir/proxy"
	"weir/proxy/exchange"
	"weir/tlssni"
)

// listeners makes the proxy's listeners of the configured ones; handler answers
// their requests, and their certificates are from sources.
func (a *App) listeners(handler *exchange.Handler, sources *certs.Sources) []proxy.Listener {
	c := a.Config.Proxy
	var all []proxy.Listener
	for _, l := range a.Config.Listen {
		all = append(all, proxy.Listener{
			Addr: l.Addr, Proto: l.Proto, TLS: terminates(l, sources), Hello: c.Timeout.Hello, Connect: c.DialTimeout,
			HTTP: handler, Limits: limits(a.Config, l), Trusted: c.Trusted, H2C: c.H2C,
			MaxConns: c.Limits.Conns, MaxPerAddr: c.Limits.ConnsPerIP, DrainTime: c.ShutdownWait,
		})
	}
	return all
}

// entrances tells where people reach the listeners, which are open at these
// addresses.
func (a *App) entrances(open *[]net.Addr) (list []admin.Entrance) {
	if open == nil {
		return nil
	}
	local := cmp.Or(localIP(a.Config.Proxy), "127.0.0.1")
	for i, at := range *open {
		list = append(list, admin.Entrance{Addr: reachable(at.(*net.TCPAddr), local), Proto: a.Config.Listen[i].Proto})
	}
	return list
}

// terminates is how l ends TLS, nil where it does not.
func terminates(l config.Listener, sources *certs.Sources) *tls.Config {
	if !l.TLS() {
		return nil
	}
	return sources.TLS(l.CertSource, tlssni.Options{Min: l.TLSMin, Max: l.TLSMax, Ciphers: l.TLSCiphers, Strict: l.StrictMatch, Raw: l.Proto == "tcp"})
}
