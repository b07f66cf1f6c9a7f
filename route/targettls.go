package route

import (
	"fmt"
	"slices"
)

// targetTLS are the options about TLS to a target.
type targetTLS struct {
	skipVerify     bool
	name, grpcName string // of the server
	credentials    string // by the proxy's name for them
}

// readTLS reads an option about TLS to the target.
func (s *settings) readTLS(o option) error {
	switch o.key {
	case "tlsskipverify":
		s.tls.skipVerify = s.flag(o)
		return nil
	case "tls":
		s.tls.credentials = o.value
		return checkVariant(o.value)
	case "tlsname":
		s.tls.name = o.value
	case "grpcservername":
		s.tls.grpcName = o.value
	}
	return checkName(o.value)
}

// checkTLS says why t cannot be spoken to over TLS as its options want it, and
// notes those that have no effect. Credentials are names of what the proxy's
// configuration holds: a tag must not be able to name files.
func (t *Target) checkTLS(known []string) error {
	set := t.settings
	if name := set.tls.credentials; name != "" && !slices.Contains(known, name) {
		return fmt.Errorf("tls=%s: proxy.upstream.tls has no such name", name)
	}
	if set.tls.grpcName != "" && t.dest.scheme != "grpcs" {
		set.notes = append(set.notes, "option grpcservername="+set.tls.grpcName+" has no effect: the target does not speak grpcs")
	}
	if (set.tls.credentials != "" || set.tls.name != "") && !t.secure() {
		set.notes = append(set.notes, "options tls= and tlsname= have no effect: the target speaks none of https, h2, grpcs")
	}
	return nil
}

// secure reports whether the target is spoken to over TLS.
func (t *Target) secure() bool {
	return t.dest.scheme == "https" || t.dest.scheme == "h2" || t.dest.scheme == "grpcs"
}

// SkipVerify says that the target's certificate is not verified.
func (t *Target) SkipVerify() bool { return t.settings.tls.skipVerify }

// Credentials names what TLS to the target trusts and shows, of those that
// Options.Credentials lists; empty for the proxy's defaults.
func (t *Target) Credentials() string { return t.settings.tls.credentials }

// ServerName is the name that the target is asked for over TLS, as tlsname=,
// grpcservername= or host= say; empty where it is the one the client asked for.
func (t *Target) ServerName() string {
	switch set := &t.settings.tls; {
	case set.name != "":
		return set.name
	case set.grpcName != "" && t.dest.scheme == "grpcs":
		return set.grpcName
	}
	return t.Host()
}
