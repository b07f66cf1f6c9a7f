package config

import (
	"fmt"
	"slices"
	"time"
)

// AuthScheme is a login that routes may ask for by its name.
type AuthScheme struct {
	Name    string
	Type    string        // "basic"
	File    string        // path of the htpasswd file
	Realm   string        // shown to people; the name if none is given
	Refresh time.Duration // how often the file is looked at, at least 1s; 0: never
}

// parseAuthSchemes reads proxy.auth.
func parseAuthSchemes(s string) ([]AuthScheme, findings) {
	entries, err := parseEntries(s)
	if err != nil {
		return nil, failed("%v", err)
	}
	var schemes []AuthScheme
	var all findings
	for _, e := range entries {
		a, f := parseAuthScheme(e)
		if slices.ContainsFunc(schemes, func(o AuthScheme) bool { return o.Name == a.Name && o.Name != "" }) {
			f.add(failed("auth scheme %q is given twice", a.Name))
		}
		all.add(f)
		schemes = append(schemes, a)
	}
	return schemes, all
}

func parseAuthScheme(e entry) (AuthScheme, findings) {
	var a AuthScheme
	what := fmt.Sprintf("auth scheme %q", e.value("name"))
	f := e.options(what, map[string]func(string) error{
		"name": setText(&a.Name), "type": a.setType, "file": setText(&a.File),
		"realm": a.setRealm, "refresh": a.setRefresh,
	})
	for _, o := range []struct{ name, value string }{{"name", a.Name}, {"type", a.Type}, {"file", a.File}} {
		if o.value == "" && len(f.errs) == 0 {
			f.add(failed("%s: option %s is missing", what, o.name))
		}
	}
	if a.Realm == "" {
		a.Realm = a.Name
	}
	return a, f
}

func (a *AuthScheme) setType(s string) error {
	a.Type = s
	if s != "basic" {
		return fmt.Errorf("%q is not basic", s)
	}
	return nil
}

// setRealm keeps what could end the header that carries it out of it.
func (a *AuthScheme) setRealm(s string) error {
	a.Realm = s
	if !printable(s) {
		return fmt.Errorf("%q holds characters that cannot be printed", s)
	}
	return nil
}

func (a *AuthScheme) setRefresh(s string) error {
	d, err := parseDuration(s)
	if err == nil && d > 0 && d < time.Second {
		return fmt.Errorf("%s is below 1s, which is the least; 0 is never", d)
	}
	a.Refresh = d
	return err
}
