package config

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// CertSource is where certificates of listeners come from.
type CertSource struct {
	Name string
	Type string // "file", "path", "http", "consul", "vault" or "vault-pki"
	Cert Place  // of the certificates: a file, a folder, a URL, or a path in Vault
	Key  string // of type file: path of the key, PEM; empty: it is in the file of the chain

	ClientCA    Place  // of the authorities that vouch for clients; empty: clients need no certificate
	CAUpgradeCN string // common name of a self-signed certificate that is taken for an authority

	// Refresh is how often is looked for changes, at least 1s; 0: never. For
	// vault-pki it is how long before its end a certificate is issued again, at
	// least 1h. For file and consul it has no meaning.
	Refresh time.Duration

	HeaderName  string // of type http: a field that is sent with each request; empty: none
	HeaderValue Secret
	VaultToken  string // of the types vault: "file:PATH" or "env:NAME"; empty: VAULT_TOKEN
}

// certTypes are all types of sources.
func certTypes() []string { return []string{"file", "path", "http", "consul", "vault", "vault-pki"} }

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
		"cs": setText(&cs.Name), "type": cs.setType, "cert": setPlace(&cs.Cert), "key": setText(&cs.Key),
		"clientca": setPlace(&cs.ClientCA), "caupgcn": setText(&cs.CAUpgradeCN),
		"refresh": setDuration(&cs.Refresh), "hdr": cs.setHeader, "vaultfetchtoken": cs.setToken,
	})
	for _, o := range []struct{ name, value string }{{"cs", cs.Name}, {"type", cs.Type}, {"cert", string(cs.Cert)}} {
		if o.value == "" && len(f.errs) == 0 {
			f.add(failed("%s: option %s is missing", what, o.name))
		}
	}
	if len(f.errs) == 0 {
		f.add(cs.check(what, e))
	}
	return cs, f
}

// check looks at the options together and fills in refresh.
func (cs *CertSource) check(what string, e entry) (f findings) {
	for option, types := range map[string]string{
		"key": "file", "refresh": "path http vault vault-pki", "hdr": "http", "vaultfetchtoken": "vault vault-pki",
	} {
		if e.value(option) != "" && !slices.Contains(strings.Fields(types), cs.Type) {
			f.warns = append(f.warns, fmt.Sprintf("%s: %s has no effect on type %s", what, option, cs.Type))
		}
	}
	slices.Sort(f.warns)
	if cs.CAUpgradeCN != "" && cs.ClientCA == "" {
		f.warns = append(f.warns, what+": caupgcn has no effect without clientca")
	}
	least, preset := time.Second, 3*time.Second
	if cs.Type == "vault-pki" {
		least, preset = time.Hour, time.Hour
	}
	switch {
	case cs.Type == "file" || cs.Type == "consul":
		cs.Refresh = 0
	case e.value("refresh") == "":
		cs.Refresh = preset
	case cs.Refresh < least && (cs.Refresh != 0 || cs.Type == "vault-pki"):
		f.warns = append(f.warns, fmt.Sprintf("%s: refresh of %s is less than %s, which is used", what, cs.Refresh, least))
		cs.Refresh = least
	}
	return f
}

func (cs *CertSource) setType(s string) error {
	cs.Type = s
	if !slices.Contains(certTypes(), s) {
		return fmt.Errorf("%q is not one of %s%s", s, strings.Join(certTypes(), ", "), meant(s, certTypes()))
	}
	return nil
}

// setHeader reads "Name: value". Errors do not show the value.
func (cs *CertSource) setHeader(s string) error {
	name, value, ok := strings.Cut(s, ":")
	value = strings.TrimSpace(value)
	if !ok || name == "" || headerName(name) != "" || headerValue(value) != "" {
		return errors.New("is not a header such as Authorization: Bearer TOKEN")
	}
	cs.HeaderName, cs.HeaderValue = http.CanonicalHeaderKey(name), Secret(value)
	return nil
}

// setToken reads where Vault's token is. Errors do not show the value: it may be
// the token.
func (cs *CertSource) setToken(s string) error {
	kind, at, _ := strings.Cut(s, ":")
	if s != "" && (kind != "file" && kind != "env" || at == "") {
		return errors.New("is not file:PATH or env:NAME")
	}
	cs.VaultToken = s
	return nil
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
