package tlssni_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"weir/tlssni"
)

// poolOf trusts these certificates.
func poolOf(certs ...*tls.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c.Leaf)
	}
	return pool
}

// TestClientsNeedACertificateOfTheCurrentAuthorities changes them while a server
// runs. A session of before is resumed only where it would be begun.
func TestClientsNeedACertificateOfTheCurrentAuthorities(t *testing.T) {
	one, other := self(t, ecdsaKey(t), "one"), self(t, ecdsaKey(t), "other")
	authorities := tlssni.NewAuthorities()
	server := tlssni.Config(serving(self(t, ecdsaKey(t), "a.test")), tlssni.Options{Authorities: authorities})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cache, empty := tls.NewLRUClientSessionCache(8), tls.NewLRUClientSessionCache(8)
		for _, step := range []struct {
			name    string
			trusted *x509.CertPool
			client  *tls.Certificate
			let, as bool // in; by a session of before
		}{
			{name: "nobody is trusted", trusted: x509.NewCertPool(), client: one},
			{name: "trusted", trusted: poolOf(one), client: one, let: true},
			{name: "again", trusted: poolOf(one, other), client: one, let: true, as: true},
			{name: "the other, by the first one's session", trusted: poolOf(other), client: one},
			{name: "without a certificate", trusted: poolOf(one), client: &tls.Certificate{}},
		} {
			authorities.Store(step.trusted)
			client := &tls.Config{ServerName: "a.test", MaxVersion: version, ClientSessionCache: cache,
				GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return step.client, nil }}
			if len(step.client.Certificate) == 0 {
				client.ClientSessionCache = empty
			}
			in, resumed := enter(t, server, client)
			if in != step.let || resumed != step.as {
				t.Errorf("%s, %s: let in %v, resumed %v", tls.VersionName(version), step.name, in, resumed)
			}
		}
	}
}
