package app

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"weir/admin"
	"weir/config"
	"weir/proxy"
	"weir/proxy/exchange"
	"weir/tlssni"
)

// listeners makes the proxy's listeners of the configured ones; handler answers
// their requests.
func (a *App) listeners(handler *exchange.Handler) ([]proxy.Listener, error) {
	certificates, failed := a.certificates()
	c := a.Config.Proxy
	var all []proxy.Listener
	for _, l := range a.Config.Listen {
		all = append(all, proxy.Listener{
			Addr: l.Addr, Proto: l.Proto, TLS: terminates(l, certificates), Hello: c.Timeout.Hello, Connect: c.DialTimeout,
			HTTP: handler, Limits: limits(a.Config, l), Trusted: c.Trusted, H2C: c.H2C,
			MaxConns: c.Limits.Conns, MaxPerAddr: c.Limits.ConnsPerIP, DrainTime: c.ShutdownWait,
		})
	}
	return all, failed
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

// certificates loads the sources by name. The error names each file that
// cannot be used.
func (a *App) certificates() (map[string]*tlssni.Certificates, error) {
	byName := map[string]*tlssni.Certificates{}
	var failed error
	for _, cs := range a.Config.CertSources {
		set, problems := tlssni.Load(tlssni.Files{Cert: cs.Cert, Key: cs.Key})
		for _, p := range problems {
			failed = errors.Join(failed, fmt.Errorf("proxy.cs %s: %s: %s", cs.Name, p.File, p.Reason))
		}
		byName[cs.Name] = &tlssni.Certificates{}
		byName[cs.Name].Store(set)
	}
	return byName, failed
}

// terminates is how l ends TLS, nil where it does not.
func terminates(l config.Listener, certificates map[string]*tlssni.Certificates) *tls.Config {
	if !l.TLS() {
		return nil
	}
	return tlssni.Config(certificates[l.CertSource], tlssni.Options{Min: l.TLSMin, Max: l.TLSMax, Ciphers: l.TLSCiphers, Strict: l.StrictMatch})
}
