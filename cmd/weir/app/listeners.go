package app

import (
	"cmp"
	"crypto/tls"
	"net"

	"weir/admin"
	"weir/certs"
	"weir/config"
	"weir/proxy"
	"weir/proxy/proxyproto"
	"weir/tlssni"
)

// listeners makes the proxy's listeners of the configured ones; what all have in
// common is in shared, certificates are from sources.
func (a *App) listeners(shared proxy.Listener, sources *certs.Sources) (all []proxy.Listener) {
	for _, l := range a.Config.Listen {
		made := a.listener(l)
		made.TLS, made.HTTP, made.Dialer, made.Web = terminates(l, sources), shared.HTTP, shared.Dialer, shared.Web
		all = append(all, made)
	}
	return all
}

// listener makes a listener but for what it shares with others. gRPC is HTTP/2.
func (a *App) listener(l config.Listener) proxy.Listener {
	c := a.Config.Proxy
	made := proxy.Listener{
		Addr: l.Addr, Proto: l.Proto, Hello: c.Timeout.Hello, Connect: c.DialTimeout,
		Limits: limits(a.Config, l), Trusted: c.Trusted, H2C: c.H2C, Refresh: l.Refresh,
		MaxConns: c.Limits.Conns, MaxPerAddr: c.Limits.ConnsPerIP, DrainTime: c.ShutdownWait,
	}
	switch l.Proto {
	case "grpc":
		made.Proto, made.H2C = "http", true
	case "grpcs":
		made.Proto = "https"
	}
	if p := l.ProxyProto; p != nil {
		made.Proxy = &proxyproto.Policy{Trusted: p.Trusted, Timeout: p.Timeout}
	}
	return made
}

// entrances tells where people reach the listeners of f, which may be nil.
func entrances(f *front) (list []admin.Entrance) {
	if f == nil {
		return nil
	}
	local := cmp.Or(localIP(f.conf.Proxy), "127.0.0.1")
	for i, at := range f.addrs {
		if proto := f.conf.Listen[i].Proto; proto == "tcp-dynamic" || proto == "prometheus" {
			continue // the one is at no address of its own, the other for no route
		}
		list = append(list, admin.Entrance{Addr: reachable(at.(*net.TCPAddr), local), Proto: f.conf.Listen[i].Proto})
	}
	return list
}

// terminates is how l ends TLS, nil where it does not.
func terminates(l config.Listener, sources *certs.Sources) *tls.Config {
	if !l.TLS() {
		return nil
	}
	return sources.TLS(l.CertSource, tlssni.Options{Min: l.TLSMin, Max: l.TLSMax, Ciphers: l.TLSCiphers, Strict: l.StrictMatch, Raw: l.Proto == "tcp" || l.Proto == "tcp-dynamic"})
}
