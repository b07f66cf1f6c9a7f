package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// pool makes the authorities of clients from texts. It holds whole answers: as
// long as one text is bad all authorities stay as they were, since whom to trust
// is no matter for half an answer. Before there was a good one nobody is trusted.
type pool struct {
	upgradeCN string
	store     func(*x509.CertPool)
	now       []byte // the certificates in use, one after another
}

func (p *pool) take(texts []text) (changed bool, problems []Problem) {
	next, all := x509.NewCertPool(), []byte(nil)
	for _, t := range texts {
		certs, err := authorities(t)
		if err != nil {
			problems = append(problems, Problem{t.name, err.Error() + "; " + p.meanwhile()})
		}
		for _, cert := range certs {
			upgrade(cert, p.upgradeCN)
			next.AddCert(cert)
			all = append(all, cert.Raw...)
		}
	}
	if problems == nil && len(all) == 0 {
		problems = []Problem{{"clientca", "no certificate is there; " + p.meanwhile()}}
	}
	if problems != nil || bytes.Equal(all, p.now) {
		return false, problems
	}
	p.now = all
	p.store(next)
	return true, nil
}

// meanwhile says who is trusted while the texts are bad.
func (p *pool) meanwhile() string {
	if p.now == nil {
		return "no client is let in"
	}
	return "the last good authorities stay"
}

// authorities reads the certificates of a text, which must hold at least one and
// nothing else in PEM.
func authorities(t text) (certs []*x509.Certificate, err error) {
	if t.err != nil {
		return nil, t.err
	}
	for rest := t.data; ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("holds a PEM block of type %.40q, want only CERTIFICATE", block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate number %d: %w", len(certs)+1, err)
		}
		certs = append(certs, cert)
	}
	if certs == nil {
		return nil, errors.New("holds no certificate in PEM")
	}
	return certs, nil
}

// upgrade makes an authority of a self-signed certificate with that common name,
// which lacks the mark of one, as those of Amazon's API gateway do.
func upgrade(cert *x509.Certificate, cn string) {
	if cn != "" && cert.Subject.CommonName == cn && bytes.Equal(cert.RawSubject, cert.RawIssuer) && !cert.IsCA {
		cert.BasicConstraintsValid, cert.IsCA = true, true
		cert.KeyUsage |= x509.KeyUsageCertSign
	}
}
