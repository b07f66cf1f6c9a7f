package certs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// pair is a chain of certificates and its key.
type pair struct {
	name       string // of the text with the chain
	chain, key []byte
	err        error // why there is none
}

// The ends of the names of texts that belong together: fabio's.
const (
	certEnd = "-cert.pem"
	keyEnd  = "-key.pem"
)

// byName pairs NAME-cert.pem with NAME-key.pem. Any other .pem has both. The
// order is that of the names.
func byName(texts []text) (pairs []pair) {
	all := make(map[string]text, len(texts))
	for _, t := range texts {
		all[t.name] = t
	}
	for _, t := range texts {
		base, isKey := strings.CutSuffix(t.name, keyEnd)
		if isKey {
			if _, ok := all[base+certEnd]; !ok {
				pairs = append(pairs, pair{name: t.name, err: fmt.Errorf("there is no %s for this key", base+certEnd)})
			}
			continue
		}
		other := t
		if base, isCert := strings.CutSuffix(t.name, certEnd); isCert {
			var ok bool
			if other, ok = all[base+keyEnd]; !ok {
				other.err = fmt.Errorf("there is no %s for this certificate", base+keyEnd)
			}
		}
		if isPEM(t.name) {
			pairs = append(pairs, together(t, other))
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.name, b.name) })
	return pairs
}

// byFile pairs the two texts of a source of type file, or takes the one as both.
func byFile(texts []text) []pair {
	return []pair{together(texts[0], texts[len(texts)-1])}
}

func together(chain, key text) pair {
	err := chain.err
	if key.err != nil && key.name != chain.name {
		err = errors.Join(err, key.err)
	}
	return pair{name: chain.name, chain: chain.data, key: key.data, err: err}
}
