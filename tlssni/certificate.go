package tlssni

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"
)

// Files names the PEM files of one certificate.
type Files struct {
	Cert string // the chain, leaf first
	Key  string // empty when the key is in Cert too
}

// Problem is a certificate that could not be loaded. The others are served.
type Problem struct {
	File   string
	Reason string
}

// Load reads certificates. The first one that is good is the default of the
// set. One bad file harms only itself.
func Load(all ...Files) (*Set, []Problem) {
	set := &Set{byName: make(map[string][]*tls.Certificate)}
	var problems []Problem
	for _, f := range all {
		cert, err := f.load()
		if err != nil {
			problems = append(problems, Problem{f.Cert, err.Error()})
			continue
		}
		set.add(cert)
	}
	return set, problems
}

func (f Files) load() (*tls.Certificate, error) {
	chain, err := os.ReadFile(f.Cert)
	if err != nil {
		return nil, err
	}
	key := chain
	if f.Key != "" {
		if key, err = os.ReadFile(f.Key); err != nil {
			return nil, err
		}
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("certificate with key %q: %s", f.Key, strings.TrimPrefix(err.Error(), "tls: "))
	}
	return &cert, nil
}
