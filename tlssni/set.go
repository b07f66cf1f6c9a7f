package tlssni

import (
	"crypto/tls"
	"slices"
	"strings"
)

// Set is an immutable set of certificates. The zero value is empty.
type Set struct {
	byName map[string][]*tls.Certificate // "a.example.com", "*.example.com"
	all    []*tls.Certificate            // in the order they were given
	others []*tls.Certificate            // for names that have none: the default, and those of its name
}

// NewSet makes a set of certificates, each with its Leaf. The first one is the
// default. The set keeps the certificates, which nobody may change.
func NewSet(all []*tls.Certificate) *Set {
	s := &Set{byName: make(map[string][]*tls.Certificate), all: slices.Clone(all)}
	for _, cert := range all {
		for _, name := range Names(cert) {
			s.byName[name] = append(s.byName[name], cert)
		}
	}
	if len(all) > 0 {
		s.others = s.all[:1]
		if names := Names(all[0]); len(names) > 0 {
			s.others = s.byName[names[0]]
		}
	}
	return s
}

// Names are the host names that a certificate is for, in lower case: those of
// its alternative names, or else its common name.
func Names(cert *tls.Certificate) []string {
	names := cert.Leaf.DNSNames
	if len(names) == 0 && cert.Leaf.Subject.CommonName != "" {
		names = []string{cert.Leaf.Subject.CommonName}
	}
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(name)
	}
	return lower
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

// All lists the certificates, the default first.
func (s *Set) All() []*tls.Certificate { return slices.Clone(s.all) }

// Find returns the certificate for the name that client asked for: one of that
// very name, else one of the wildcard above it, which stands for one label (RFC
// 9525 section 6.3). Of several, as with RSA beside ECDSA, it is the first that
// the client can use. Where nothing fits it is the default, or one of the same
// name that the client can use; with strict it is nil, which makes crypto/tls
// answer unrecognized_name.
func (s *Set) Find(client *tls.ClientHelloInfo, strict bool) *tls.Certificate {
	name := strings.ToLower(client.ServerName)
	_, parent, _ := strings.Cut(name, ".")
	for _, key := range []string{name, "*." + parent} {
		if certs := s.byName[key]; len(certs) > 0 {
			return usable(certs, client)
		}
	}
	if strict || len(s.others) == 0 {
		return nil
	}
	nameless := *client
	nameless.ServerName = "" // which no default can support
	return usable(s.others, &nameless)
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
