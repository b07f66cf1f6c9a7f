package nomad

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLS is how an https address is reached. All files are PEM; empty is none.
type TLS struct {
	CAFile             string // whom to trust; empty: whom the system trusts
	CertFile, KeyFile  string // weir's own; both or neither
	ServerName         string // that the certificate must have, such as server.global.nomad; empty: the address
	InsecureSkipVerify bool
}

// config reads the files.
func (t TLS) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify}
	if t.CAFile != "" {
		text, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("nomad.tls.cafile: %w", err)
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("nomad.tls.cafile: %s holds no certificate", t.CAFile)
		}
	}
	if t.CertFile != "" {
		own, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("nomad.tls.certfile and nomad.tls.keyfile: %w", err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c, nil
}
