package app

import (
	"crypto/tls"
	"errors"
	"fmt"

	"weir/config"
	"weir/proxy"
	"weir/tlssni"
)

// listeners makes the proxy's listeners of the configured ones.
func (a *App) listeners() ([]proxy.Listener, error) {
	var all []proxy.Listener
	var failed error
	certificates := a.certificates()
	for _, l := range a.Config.Listen {
		secure, err := a.tls(l, certificates)
		failed = errors.Join(failed, err)
		all = append(all, proxy.Listener{Addr: l.Addr, Proto: l.Proto, TLS: secure, Hello: a.Config.Proxy.Timeout.Hello, Limits: limits(a.Config, l)})
	}
	return all, failed
}

// certificates loads the sources by name. A file that cannot be read harms only
// itself: the listener serves what the others hold.
func (a *App) certificates() map[string]*tlssni.Certificates {
	byName := map[string]*tlssni.Certificates{}
	for _, cs := range a.Config.CertSources {
		set, problems := tlssni.Load(tlssni.Files{Cert: cs.Cert, Key: cs.Key})
		for _, p := range problems {
			a.Log.Error("certificate cannot be used", "source", cs.Name, "error", p.Error())
		}
		byName[cs.Name] = &tlssni.Certificates{}
		byName[cs.Name].Store(set)
	}
	return byName
}

// tls is how l ends TLS, nil where it does not.
func (a *App) tls(l config.Listener, certificates map[string]*tlssni.Certificates) (*tls.Config, error) {
	if !l.TLS() {
		return nil, nil
	}
	c := certificates[l.CertSource]
	if len(c.Load().Names()) == 0 {
		return nil, fmt.Errorf("listener %s: certificate source %s has no certificate that can be used", l.Addr, l.CertSource)
	}
	return tlssni.Config(c, tlssni.Options{Min: l.TLSMin, Max: l.TLSMax, Ciphers: l.TLSCiphers, Strict: l.StrictMatch}), nil
}
