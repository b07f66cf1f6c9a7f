package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// Certificates are the files of an admin listener on TLS.
type Certificates struct {
	CertFile string
	KeyFile  string
	CAFile   string // authorities of client certificates; empty: none are asked for
	Log      *slog.Logger

	now atomic.Pointer[tls.Config]
}

// Load reads the files. An error names the file.
func (c *Certificates) Load() error {
	own, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return fmt.Errorf("ui.tls.certfile %s, ui.tls.keyfile %s: %w", c.CertFile, c.KeyFile, err)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, NextProtos: []string{"h2", "http/1.1"}}
	if c.CAFile != "" {
		text, err := os.ReadFile(c.CAFile)
		if err != nil {
			return fmt.Errorf("ui.tls.cafile: %w", err)
		}
		conf.ClientCAs, conf.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
		if !conf.ClientCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("ui.tls.cafile %s holds no certificate", c.CAFile)
		}
	}
	c.now.Store(conf)
	return nil
}

// Config is the listener's, which always uses what was read last. Load has to
// have succeeded once.
func (c *Certificates) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return c.now.Load(), nil
	}}
}

// Run reads the files again every minute until ctx ends. Where that fails the
// last ones stay.
func (c *Certificates) Run(ctx context.Context) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := c.Load(); err != nil {
			c.Log.Error("the certificates of the admin listener cannot be read again, the last ones stay", "error", err)
		}
	}
}
