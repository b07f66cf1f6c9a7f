package app

import (
	"crypto/tls"
	"fmt"

	"weir/config"
	"weir/proxy"
)

// listeners makes the proxy's listeners of the configured ones.
func (a *App) listeners() ([]proxy.Listener, error) {
	var all []proxy.Listener
	for _, l := range a.Config.Listen {
		secure, err := a.tls(l)
		if err != nil {
			return nil, err
		}
		all = append(all, proxy.Listener{Addr: l.Addr, Proto: l.Proto, TLS: secure, Hello: a.Config.Proxy.Timeout.Hello, Limits: limits(a.Config, l)})
	}
	return all, nil
}

func (a *App) tls(l config.Listener) (*tls.Config, error) {
	for _, cs := range a.Config.CertSources {
		if cs.Name != l.CertSource {
			continue
		}
		key := cs.Key
		if key == "" {
			key = cs.Cert
		}
		pair, err := tls.LoadX509KeyPair(cs.Cert, key)
		if err != nil {
			return nil, fmt.Errorf("certificate source %s: %w", cs.Name, err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}, nil
	}
	return nil, nil
}
