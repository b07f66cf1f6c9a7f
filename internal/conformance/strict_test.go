package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// message is one request as a strict origin reads it off the wire.
type message struct {
	raw                     []byte
	method, target, version string
	fields                  [][2]string
	body                    []byte
}

// get lists the values of a field.
func (m *message) get(name string) (values []string) {
	for _, f := range m.fields {
		if strings.EqualFold(f[0], name) {
			values = append(values, f[1])
		}
	}
	return values
}

// authority is what an origin with several hosts would serve the request under.
func (m *message) authority() string {
	if _, rest, absolute := strings.Cut(m.target, "://"); absolute {
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			rest = rest[:i]
		}
		return rest
	}
	if hosts := m.get("Host"); len(hosts) > 0 {
		return hosts[0]
	}
	return ""
}

var (
	errShort  = errors.New("more bytes are needed")
	errBroken = errors.New("where the request ends cannot be told")
)

// strict reads requests and notes every departure from RFC 9112, for two
// readers may differ on each.
type strict struct {
	b      []byte // not read yet
	faults []string
}

// readMessage reads the first request in b. With errShort m holds the head if
// that is whole, and nil if not.
func readMessage(b []byte) (m *message, faults []string, err error) {
	s := &strict{b: b}
	m, err = s.message()
	if m != nil {
		m.raw = bytes.Clone(b[:len(b)-len(s.b)])
	}
	return m, s.faults, err
}

func (s *strict) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

func (s *strict) message() (*message, error) {
	line, err := s.line("request line")
	if err != nil {
		return nil, err
	}
	m := &message{}
	words := requestLine(line)
	if words == nil {
		s.fault("request line %.60q", line)
		return m, errBroken
	}
	m.method, m.target, m.version = words[1], words[2], words[3]
	if m.fields, err = s.fields("header"); err != nil {
		return nil, err
	}
	s.checkTarget(m)
	s.checkHost(m)
	m.body, err = s.body(m)
	return m, err
}

func requestLine(line string) []string {
	return regexp.MustCompile(`^(` + token + `) ([^ ]+) (HTTP/1\.[01])$`).FindStringSubmatch(line)
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"

// line reads a line without its end.
func (s *strict) line(what string) (string, error) {
	end := bytes.IndexByte(s.b, '\n')
	if end < 0 {
		return "", errShort
	}
	line, ok := bytes.CutSuffix(s.b[:end], []byte("\r"))
	s.b = s.b[end+1:]
	if !ok {
		s.fault("a bare LF ends the %s", what)
	}
	if i := bytes.IndexAny(line, "\r\x00"); i >= 0 {
		s.fault("byte %#x in the %s", line[i], what)
	}
	return string(line), nil
}

// fields reads a header or trailer section.
func (s *strict) fields(what string) (fields [][2]string, err error) {
	for {
		line, err := s.line(what)
		if err != nil || line == "" {
			return fields, err
		}
		name, value, found := strings.Cut(line, ":")
		if !found || !regexp.MustCompile("^"+token+"$").MatchString(name) {
			s.fault("%s line %.60q", what, line)
			continue
		}
		value = strings.Trim(value, " \t")
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			s.fault("control character in %s %s", what, line)
		}
		fields = append(fields, [2]string{name, value})
	}
}
