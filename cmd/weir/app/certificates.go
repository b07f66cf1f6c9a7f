package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"weir/certs"
	"weir/config"
	"weir/route"
)

// addCertificates makes the sources of proxy.cs, with what lies in files read.
func (a *App) addCertificates(p *parts) (err error) {
	p.certs, err = a.certificates(&p.live, p.secret)
	p.loops = append(p.loops, p.certs.Run)
	return err
}

// certificates makes the sources, for names that have a route in live.
func (a *App) certificates(live *route.Live, secret func(context.Context) ([]byte, error)) (*certs.Sources, error) {
	s := &certs.Sources{
		Around: certs.Around{Wanted: (&hosts{live: live}).wanted, Getenv: os.Getenv, Log: a.Log},
		Secret: secret,
	}
	return s, s.Use(certSources(a.Config))
}

// certSources are the sources that c describes.
func certSources(c *config.Config) (list []certs.Config) {
	for _, cs := range c.CertSources {
		list = append(list, certs.Config{
			Name: cs.Name, Type: cs.Type, Cert: string(cs.Cert), Key: cs.Key,
			ClientCA: string(cs.ClientCA), UpgradeCN: cs.CAUpgradeCN, Refresh: cs.Refresh,
			HeaderName: cs.HeaderName, HeaderValue: string(cs.HeaderValue), VaultToken: cs.VaultToken,
		})
	}
	return list
}

// hosts are the host names that have a route, of the table that was looked at
// last.
type hosts struct {
	live *route.Live

	mu    sync.Mutex
	table *route.Table
	names map[string]bool
}

// wanted is the name that a certificate for a server name is to have: that very
// name if it has a route, or a wildcard with one that stands for it. Routes for
// any host, and other patterns, want none: clients could ask for any name.
func (h *hosts) wanted(server string) (name string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if table := h.live.Load(); table != h.table {
		h.table, h.names = table, map[string]bool{}
		for _, r := range table.Routes() {
			host, _, _ := strings.Cut(r.Host(), ":")
			if rest := strings.TrimPrefix(host, "*."); strings.Contains(rest, ".") && !strings.ContainsAny(rest, `*?[]{}\!,~_`) {
				h.names[host] = true
			}
		}
	}
	_, parent, _ := strings.Cut(server, ".")
	for _, name := range []string{server, "*." + parent} {
		if h.names[name] {
			return name, true
		}
	}
	return "", false
}

// awaitCertificates gives each source the time for a first answer, so that the
// first clients find certificates.
func (p *parts) awaitCertificates(ctx context.Context, limit time.Duration) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p.certs.Wait(limited)
}

// adminTLS is how the admin listener ends TLS with a certificate source, which a
// reload may exchange.
func adminTLS(l config.Listener, sources *certs.Sources) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetConfigForClient: func(client *tls.ClientHelloInfo) (*tls.Config, error) {
			now := terminates(l, sources)
			switch {
			case now == nil:
				return nil, fmt.Errorf("there is no certificate source %q any more", l.CertSource)
			case now.GetConfigForClient != nil:
				return now.GetConfigForClient(client)
			}
			return now, nil
		},
	}
}
