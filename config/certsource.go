package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CertSource is where certificates of a listener come from.
type CertSource struct {
	Name string
	Type string // "file"
	Cert string // path of the certificate chain, PEM
	Key  string // path of the key, PEM; empty: it is in the file of the chain
}

// parseCertSources reads proxy.cs.
func parseCertSources(s string) ([]CertSource, findings) {
	entries, err := parseEntries(s)
	if err != nil {
		return nil, failed("%v", err)
	}
	var sources []CertSource
	var all findings
	for _, e := range entries {
		cs, f := parseCertSource(e)
		if slices.ContainsFunc(sources, func(o CertSource) bool { return o.Name == cs.Name && o.Name != "" }) {
			f.add(failed("certificate source %q is given twice", cs.Name))
		}
		all.add(f)
		sources = append(sources, cs)
	}
	return sources, all
}

func parseCertSource(e entry) (CertSource, findings) {
	var cs CertSource
	what := fmt.Sprintf("certificate source %q", e.value("cs"))
	f := e.options(what, map[string]func(string) error{
		"cs": setText(&cs.Name), "type": cs.setType, "cert": setText(&cs.Cert), "key": setText(&cs.Key),
		"clientca": notYet, "caupgcn": notYet,
		"refresh": ignore, "hdr": ignore, "vaultfetchtoken": ignore,
	})
	for _, o := range []struct{ name, value string }{{"cs", cs.Name}, {"type", cs.Type}, {"cert", cs.Cert}} {
		if o.value == "" && len(f.errs) == 0 {
			f.add(failed("%s: option %s is missing", what, o.name))
		}
	}
	for _, name := range []string{"refresh", "hdr", "vaultfetchtoken"} {
		if e.value(name) != "" && len(f.errs) == 0 {
			f.warns = append(f.warns, fmt.Sprintf("%s: %s has no effect on type file", what, name))
		}
	}
	return cs, f
}

func (cs *CertSource) setType(s string) error {
	later := []string{"path", "http", "consul", "vault", "vault-pki"}
	cs.Type = s
	switch {
	case s == "file":
		return nil
	case slices.Contains(later, s):
		return fmt.Errorf("%s is a fabio certificate source that weir does not have yet: it has file", s)
	}
	return fmt.Errorf("%q is not one of file, %s", s, strings.Join(later, ", "))
}

func ignore(string) error { return nil }

func notYet(s string) error {
	if s == "" {
		return nil
	}
	return errors.New("is a fabio option that weir does not have yet")
}

// value returns the value of the option of that name.
func (e entry) value(name string) string {
	for _, p := range e {
		if p.key == name {
			return p.value
		}
	}
	return ""
}
