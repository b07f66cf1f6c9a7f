package route

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// settings are the options of a target, read and checked.
type settings struct {
	strip, prepend, host, auth string
	proto                      string // of a tag: how to speak to the instance
	redirect, redirectTo       string // code and URL; "" when it is none
	weight                     weight
	when                       *conditions
	timeout, idle              time.Duration
	request, answer            *Edits // of header fields; nil for none
	joint                      *joint // options of the route as a whole; nil for none
	register                   string // an alias to register in the registry
	tls                        targetTLS
	proxyProto                 int // version of the PROXY header
	access                     access
	allow, deny                bool // which of the rules were given
	variant, version           string
	kept                       []option // what the text form shows
	notes                      []string // what had no effect, though the target has its route
}

// parseSettings reads the options of a tag or of a command. An error means
// that the target gets no route.
func parseSettings(text string, tag bool) (*settings, error) {
	s := &settings{}
	list, err := splitOptions(text)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		keep, err := s.read(o, tag)
		if err != nil {
			return nil, err
		}
		if keep.key != "" {
			s.kept = append(s.kept, keep)
		}
	}
	s.when.seal()
	if s.allow && s.deny {
		s.access.closed = true
		s.notes = append(s.notes, "both allow= and deny= are given; until one of them is taken out nobody is let in")
	}
	return s, nil
}

// read takes one option and returns what of it stays in the text form.
func (s *settings) read(o option, tag bool) (keep option, err error) {
	switch o.key {
	case "strip":
		s.strip, err = escapePath(o.value)
	case "prepend":
		s.prepend, err = escapePath(o.value)
		if s.prepend != "" && s.prepend[0] != '/' {
			s.prepend = "/" + s.prepend
		}
	case "host":
		if s.host = o.value; s.host == "" {
			s.notes = append(s.notes, "option host= has no effect: it names no host")
		} else {
			err = checkName(o.value)
		}
	case "auth":
		s.auth = o.value
	case "allow":
		s.allow, s.access.allow = true, s.rule(o)
	case "deny":
		s.deny, s.access.deny = true, s.rule(o)
	case "variant":
		s.variant, err = o.value, checkVariant(o.value)
	case "version":
		s.version, err = o.value, checkVariant(o.value)
	case "redirect":
		return s.readRedirect(o, tag)
	case "weight":
		return s.readWeight(o, tag)
	case "proto":
		return s.readProto(o, tag), nil
	case "method", "header", "cookie", "query":
		err = s.readCondition(o)
	case "setheader", "delheader", "setrequestheader", "delrequestheader":
		err = s.readEdit(o)
	case "timeout", "idle":
		err = s.readTime(o)
	case "lb", "hash", "sticky", "retry", "retryon":
		if s.joint == nil {
			s.joint = &joint{}
		}
		err = s.joint.read(o)
	case "register":
		s.register, err = o.value, checkVariant(o.value)
	case "tls", "tlsname", "tlsskipverify", "grpcservername":
		err = s.readTLS(o)
	case "pxyproto":
		s.readProxyProto(o)
	}
	return o, err
}

// flag reads true and false.
func (s *settings) flag(o option) bool {
	if o.value != "true" && o.value != "false" {
		s.notes = append(s.notes, fmt.Sprintf("option %s=%s is neither true nor false and counts as false", o.key, o.value))
	}
	return o.value == "true"
}

// readRedirect reads "code,url" of a tag, and of a command the code.
func (s *settings) readRedirect(o option, tag bool) (option, error) {
	if !tag {
		s.redirect = o.value
		return o, nil
	}
	code, url, ok := strings.Cut(o.value, ",")
	if !ok || code == "" {
		return o, fmt.Errorf("redirect %q is not CODE,URL", o.value)
	}
	s.redirect, s.redirectTo = code, url
	return option{"redirect", code}, nil
}

// readWeight reads a tag's weight. A command has a word for it.
func (s *settings) readWeight(o option, tag bool) (_ option, err error) {
	if !tag {
		return o, nil
	}
	s.weight, err = parseWeightValue(o.value)
	return option{}, err
}

// readProto reads what to speak. In a command the scheme of the destination
// says that, and proto=tcp only that TLS is passed through.
func (s *settings) readProto(o option, tag bool) option {
	s.proto = o.value
	if o.value == "tcp+sni" { // the listener's name for it, as many job files have it
		s.proto = "tcp"
	}
	if !tag {
		return o
	}
	if !slices.Contains(schemes(), s.proto) {
		s.notes = append(s.notes, fmt.Sprintf("proto %q is none of %s; http is spoken to the instance", o.value, strings.Join(schemes(), ", ")))
		s.proto = ""
		return o
	}
	return option{}
}

// schemes are what targets can be spoken to in.
func schemes() []string { return []string{"http", "https", "h2", "h2c", "grpc", "grpcs", "tcp"} }

// rule reads an access rule. A rule that cannot be read closes the target: who
// wrote one did not want everybody in.
func (s *settings) rule(o option) (list []netip.Prefix) {
	list, err := parseAccess(o.value)
	if err != nil {
		s.access.closed = true
		s.notes = append(s.notes, fmt.Sprintf("%s=%s: %v; until that is mended nobody is let in", o.key, o.value, err))
	}
	return list
}
