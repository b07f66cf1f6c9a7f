package config

import (
	"fmt"
	"slices"
)

// UpstreamTLS is what TLS to the targets that ask for it by its name trusts and
// shows.
type UpstreamTLS struct {
	Name string
	CA   string // path of the authorities that are trusted, PEM; empty: the system's
	Cert string // path of the client certificate, PEM; empty: none
	Key  string // path of its key, PEM; empty: it is in the file of the certificate
}

// parseUpstreamTLS reads proxy.upstream.tls.
func parseUpstreamTLS(s string) ([]UpstreamTLS, findings) {
	entries, err := parseEntries(s)
	if err != nil {
		return nil, failed("%v", err)
	}
	var list []UpstreamTLS
	var all findings
	for _, e := range entries {
		var u UpstreamTLS
		what := fmt.Sprintf("upstream TLS %q", e.value("name"))
		f := e.options(what, map[string]func(string) error{
			"name": setText(&u.Name), "ca": setText(&u.CA), "cert": setText(&u.Cert), "key": setText(&u.Key),
		})
		switch {
		case len(f.errs) > 0:
		case u.Name == "":
			f.add(failed("%s: option name is missing", what))
		case u.CA == "" && u.Cert == "":
			f.add(failed("%s: it has neither ca nor cert", what))
		case u.Key != "" && u.Cert == "":
			f.add(failed("%s: key goes only together with cert", what))
		case slices.ContainsFunc(list, func(o UpstreamTLS) bool { return o.Name == u.Name }):
			f.add(failed("%s is given twice", what))
		}
		all.add(f)
		list = append(list, u)
	}
	return list, all
}
