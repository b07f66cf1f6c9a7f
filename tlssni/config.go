package tlssni

import (
	"crypto/tls"
	"sync/atomic"
)

// Certificates holds the set that is served now. Handshakes take it once; who
// reloads certificates stores a new one. The zero value serves nothing.
type Certificates struct{ set atomic.Pointer[Set] }

// Load returns the current set, never nil.
func (c *Certificates) Load() *Set {
	if set := c.set.Load(); set != nil {
		return set
	}
	return &Set{}
}

// Store makes set the current one. Connections keep what they have.
func (c *Certificates) Store(set *Set) { c.set.Store(set) }

// Options are how a listener ends TLS.
type Options struct {
	Min     uint16   // as in crypto/tls; 0 means TLS 1.2
	Max     uint16   // as in crypto/tls; 0 means the newest
	Ciphers []uint16 // up to TLS 1.2, as in crypto/tls; empty means Go's choice
	// Strict refuses clients that name no server, or one without a certificate
	// of its own.
	Strict bool
}

// Config makes the configuration of a listener that serves HTTP/2 and HTTP/1.1
// with the certificates of c. Key exchanges are left to crypto/tls, which
// prefers X25519MLKEM768.
func Config(c *Certificates, o Options) *tls.Config {
	if o.Min == 0 {
		o.Min = tls.VersionTLS12
	}
	return &tls.Config{
		MinVersion:   o.Min,
		MaxVersion:   o.Max,
		CipherSuites: o.Ciphers,
		NextProtos:   []string{"h2", "http/1.1"},
		GetCertificate: func(client *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.Load().Find(client, o.Strict), nil
		},
	}
}
