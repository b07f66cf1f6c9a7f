package tlssni

import (
	"cmp"
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
	// Raw is for other protocols than HTTP: none is negotiated.
	Raw bool
	// Authorities vouch for the certificate that each client has to have; nil
	// asks for none.
	Authorities *Authorities
	// Issue gets a certificate where the set has none, by the context of the
	// client; nil means that nobody does. It returns nil for a name that gets
	// none.
	Issue func(client *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Config makes the configuration of a listener that serves HTTP/2 and HTTP/1.1
// with the certificates of c. Key exchanges are left to crypto/tls, which
// prefers X25519MLKEM768.
func Config(c *Certificates, o Options) *tls.Config {
	conf := o.config(c)
	if o.Authorities != nil {
		conf.GetConfigForClient = o.Authorities.follow(func() *tls.Config { return o.config(c) })
	}
	return conf
}

func (o Options) config(c *Certificates) *tls.Config {
	conf := &tls.Config{
		MinVersion:     cmp.Or(o.Min, tls.VersionTLS12),
		MaxVersion:     o.Max,
		CipherSuites:   o.Ciphers,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: o.from(c),
	}
	if o.Raw {
		conf.NextProtos = nil
	}
	return conf
}

// from returns what chooses the certificate for a client. Where one can be
// issued there is no default: it would be somebody else's.
func (o Options) from(c *Certificates) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if o.Issue == nil {
		return func(client *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.Load().Find(client, o.Strict), nil
		}
	}
	return func(client *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if cert := c.Load().Find(client, true); cert != nil {
			return cert, nil
		}
		return o.Issue(client)
	}
}
