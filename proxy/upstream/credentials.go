package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// refresh is how often the files of credentials are read again.
const refresh = 10 * time.Second

// Credentials are what TLS connections to some targets trust and show. Load
// must succeed before the first use.
type Credentials struct {
	CA   string // PEM file of the only authorities that are trusted; empty: the system's
	Cert string // PEM file of the client certificate and its chain; empty: none is shown
	Key  string // PEM file of its key; empty: it is in Cert
	Log  *slog.Logger

	now atomic.Pointer[loaded]
}

// loaded is what the files hold.
type loaded struct {
	roots *x509.CertPool
	cert  *tls.Certificate
}

// Load reads the files. An error names the one that is bad; what was read before
// stays.
func (c *Credentials) Load() error {
	var l loaded
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return err
		}
		l.roots = x509.NewCertPool()
		if !l.roots.AppendCertsFromPEM(text) {
			return fmt.Errorf("%s holds no certificate in PEM", c.CA)
		}
	}
	if c.Cert != "" {
		key := c.Key
		if key == "" {
			key = c.Cert
		}
		cert, err := tls.LoadX509KeyPair(c.Cert, key)
		if err != nil {
			return fmt.Errorf("client certificate %s with key %s: %w", c.Cert, key, err)
		}
		l.cert = &cert
	}
	c.now.Store(&l)
	return nil
}

// Run reads the files again every ten seconds until ctx ends. Connections that
// are open stay as they are.
func (c *Credentials) Run(ctx context.Context) error {
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	bad := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := c.Load()
		if err != nil && !bad {
			c.Log.Error("credentials for targets stay as they were", "error", err)
		}
		bad = err != nil
	}
}

var errNotLoaded = errors.New("the credentials are not loaded")

// apply makes config trust and show what the files hold now.
func (c *Credentials) apply(config *tls.Config) error {
	l := c.now.Load()
	if l == nil {
		return errNotLoaded
	}
	if l.roots != nil {
		config.RootCAs = l.roots
	}
	if l.cert != nil {
		config.Certificates = []tls.Certificate{*l.cert}
	}
	return nil
}
