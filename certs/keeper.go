package certs

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// keeper makes certificates of texts. One that has become bad stays as it was
// while its text is there, and all stay when there would be none.
type keeper struct {
	pair func([]text) []pair
	good []kept // in the order of their names
}

// kept is the last good certificate of a name.
type kept struct {
	pair
	cert *tls.Certificate
}

// take returns the certificates to serve.
func (k *keeper) take(texts []text) ([]*tls.Certificate, []Problem) {
	var now []kept
	var problems []Problem
	for _, p := range k.pair(texts) {
		old := k.find(p.name)
		if old != nil && p.err == nil && bytes.Equal(old.chain, p.chain) && bytes.Equal(old.key, p.key) {
			now = append(now, *old)
			continue
		}
		cert, err := p.certificate()
		switch {
		case err == nil:
			now = append(now, kept{p, cert})
			continue
		case old != nil:
			now, err = append(now, *old), fmt.Errorf("%w; the last good one stays", err)
		}
		problems = append(problems, Problem{p.name, err.Error()})
	}
	switch {
	case len(now) == 0 && len(k.good) > 0:
		problems = append(problems, Problem{"all", "no certificate is there any more; the last ones stay"})
		now = k.good
	case len(now) == 0 && problems == nil:
		problems = []Problem{{"all", "no certificate is there"}}
	}
	k.good = now
	return certificates(now), problems
}

func (k *keeper) find(name string) *kept {
	i, ok := slices.BinarySearchFunc(k.good, name, func(a kept, name string) int { return strings.Compare(a.name, name) })
	if !ok {
		return nil
	}
	return &k.good[i]
}

func certificates(all []kept) []*tls.Certificate {
	list := make([]*tls.Certificate, len(all))
	for i, one := range all {
		list[i] = one.cert
	}
	return list
}

// certificate reads the two texts. The error holds nothing of them.
func (p pair) certificate() (*tls.Certificate, error) {
	if p.err != nil {
		return nil, p.err
	}
	cert, err := tls.X509KeyPair(p.chain, p.key)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "tls: "))
	}
	return &cert, nil
}
