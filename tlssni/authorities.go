package tlssni

import (
	"crypto/tls"
	"crypto/x509"
	"sync/atomic"
)

// Authorities are those that may vouch for the certificates of clients, now.
// Handshakes take them once; who reloads them stores new ones. Use
// NewAuthorities.
type Authorities struct{ pool atomic.Pointer[x509.CertPool] }

// NewAuthorities makes some that vouch for nobody.
func NewAuthorities() *Authorities {
	a := &Authorities{}
	a.Store(x509.NewCertPool())
	return a
}

// Store makes pool the current one, which is not nil: to crypto/tls that would
// mean whoever the operating system trusts. New connections go by it at once,
// also those that resume a session of before.
func (a *Authorities) Store(pool *x509.CertPool) { a.pool.Store(pool) }

// follow returns a GetConfigForClient that asks for a certificate by the current
// authorities. It makes a new configuration only when these have changed. Ticket
// keys are those of the configuration that it belongs to.
func (a *Authorities) follow(make func() *tls.Config) func(*tls.ClientHelloInfo) (*tls.Config, error) {
	var made atomic.Pointer[tls.Config]
	return func(*tls.ClientHelloInfo) (*tls.Config, error) {
		pool, now := a.pool.Load(), made.Load()
		if now == nil || now.ClientCAs != pool {
			now = make()
			now.ClientAuth, now.ClientCAs = tls.RequireAndVerifyClientCert, pool
			made.Store(now)
		}
		return now, nil
	}
}
