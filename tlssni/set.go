package tlssni

import (
	"crypto/tls"
	"slices"
	"strings"
)

// Set is an immutable set of certificates. The zero value is empty.
type Set struct {
	byName map[string][]*tls.Certificate // "a.example.com", "*.example.com"
	all    []*tls.Certificate            // in the order they were loaded
}

func (s *Set) add(cert *tls.Certificate) {
	s.all = append(s.all, cert)
	names := cert.Leaf.DNSNames
	if len(names) == 0 && cert.Leaf.Subject.CommonName != "" {
		names = []string{cert.Leaf.Subject.CommonName}
	}
	for _, name := range names {
		name = strings.ToLower(name)
		s.byName[name] = append(s.byName[name], cert)
	}
}

// Names lists the names that the set has a certificate for, sorted.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.byName))
	for name := range s.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Find returns the certificate for the name that client asked for: one of that
// very name, else one of the wildcard above it, which stands for one label (RFC
// 9525 section 6.3). Of several, as with RSA beside ECDSA, it is the first that
// the client can use. Where nothing fits it is the first certificate of the set;
// with strict it is nil, which makes crypto/tls answer unrecognized_name.
func (s *Set) Find(client *tls.ClientHelloInfo, strict bool) *tls.Certificate {
	name := strings.ToLower(client.ServerName)
	_, parent, _ := strings.Cut(name, ".")
	for _, key := range []string{name, "*." + parent} {
		if certs := s.byName[key]; len(certs) > 0 {
			return usable(certs, client)
		}
	}
	if strict || len(s.all) == 0 {
		return nil
	}
	return usable(s.all[:1], client)
}

// usable is the first certificate that the client supports, or else the first.
func usable(certs []*tls.Certificate, client *tls.ClientHelloInfo) *tls.Certificate {
	if len(certs) == 1 {
		return certs[0]
	}
	for _, cert := range certs {
		if client.SupportsCertificate(cert) == nil {
			return cert
		}
	}
	return certs[0]
}
