package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"weir/tlssni"
)

// Soon is how long before its end a certificate becomes a problem; one that lives
// shorter does in the last third of its life.
const Soon = 14 * 24 * time.Hour

// Status is what a source has now.
type Status struct {
	Name, Type   string
	Read         time.Time // when it was last read as a whole; zero: never, or it issues certificates
	Certificates []Certificate
	Problems     []Problem
}

// Certificate describes one that is served.
type Certificate struct {
	Names     []string
	Issuer    string
	Serial    string // hexadecimal
	Key       string // such as "ECDSA P-256"
	NotBefore time.Time
	NotAfter  time.Time
}

// Status tells how it stands at now.
func (s *Source) Status(now time.Time) Status {
	status := Status{Name: s.conf.Name, Type: s.conf.Type, Problems: s.Problems(now)}
	s.certs.mu.Lock()
	status.Read = s.certs.known.at
	s.certs.mu.Unlock()
	for _, cert := range s.served.Load().All() {
		status.Certificates = append(status.Certificates, describe(cert))
	}
	return status
}

// Problems lists what cannot be read or used, and then what has ended or soon does.
func (s *Source) Problems(now time.Time) []Problem {
	list := s.unusable()
	for _, cert := range s.served.Load().All() {
		if why := ends(cert.Leaf, now); why != "" {
			list = append(list, Problem{describe(cert).String(), why})
		}
	}
	return list
}

// unusable lists what cannot be read or used.
func (s *Source) unusable() (list []Problem) {
	for _, h := range s.halves() {
		h.mu.Lock()
		if err := h.known.err; err != nil {
			list = append(list, Problem{s.conf.Type, err.Error()})
		}
		list = append(list, h.known.problems...)
		h.mu.Unlock()
	}
	if s.issuer != nil {
		list = append(list, s.issuer.problems()...)
	}
	return slices.Clip(list)
}

func describe(cert *tls.Certificate) Certificate {
	leaf := cert.Leaf
	c := Certificate{
		Names: tlssni.Names(cert), Issuer: leaf.Issuer.String(), Serial: leaf.SerialNumber.Text(16),
		Key: leaf.PublicKeyAlgorithm.String(), NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
	}
	switch key := leaf.PublicKey.(type) {
	case *ecdsa.PublicKey:
		c.Key = "ECDSA " + key.Curve.Params().Name
	case *rsa.PublicKey:
		c.Key = fmt.Sprintf("RSA %d", key.N.BitLen())
	}
	return c
}

// String names a certificate in a problem.
func (c Certificate) String() string {
	name := "without a name"
	if len(c.Names) > 0 {
		name = "for " + c.Names[0]
	}
	return fmt.Sprintf("certificate %s, serial %s", name, c.Serial)
}

// ends says that a certificate has ended or soon does, or nothing.
func ends(c *x509.Certificate, now time.Time) string {
	left := c.NotAfter.Sub(now)
	switch {
	case now.Before(c.NotBefore):
		return "is not valid before " + c.NotBefore.UTC().Format(time.RFC3339)
	case left <= 0:
		return "has expired at " + c.NotAfter.UTC().Format(time.RFC3339)
	case left < min(Soon, c.NotAfter.Sub(c.NotBefore)/3):
		return "expires at " + c.NotAfter.UTC().Format(time.RFC3339)
	}
	return ""
}

// warn logs what ends soon, each once a day.
func (s *Source) warn(ctx context.Context) {
	told := map[string]time.Time{}
	for ctx.Err() == nil {
		now := time.Now()
		for _, cert := range s.served.Load().All() {
			why := ends(cert.Leaf, now)
			if why == "" {
				continue
			}
			name := describe(cert).String()
			if now.Sub(told[name]) >= 24*time.Hour {
				s.around.Log.Warn("a certificate ends", "source", s.conf.Name, "certificate", name, "reason", why)
				told[name] = now
			}
		}
		for name, at := range told {
			if now.Sub(at) > 48*time.Hour {
				delete(told, name)
			}
		}
		sleep(ctx, time.Minute)
	}
}
