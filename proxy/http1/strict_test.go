package http1

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// message is a request or an answer as the strict reader saw it.
type message struct {
	first    string
	fields   []string // "name: value", names in lower case, in order
	body     string
	trailers []string
}

// get returns the values of a field.
func (m *message) get(name string) (values []string) {
	for _, f := range m.fields {
		if v, ok := strings.CutPrefix(f, name+": "); ok {
			values = append(values, v)
		}
	}
	return values
}

// strictReader reads messages by the grammar of RFC 9112 alone, written without
// a look at the code under test. What is not of the grammar, or could be read in
// two ways, is an error.
type strictReader struct {
	b []byte
	// bodyless says that the next answer has no body whatever its head says.
	bodyless bool
}

// The grammar of RFC 9110 and 9112 as regular expressions.
const (
	reToken    = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
	reField    = "^(" + reToken + "):[ \t]*([\x21-\x7e\u0080-\u00ff](?:[\t \x21-\x7e\u0080-\u00ff]*[\x21-\x7e\u0080-\u00ff])?)?[ \t]*$"
	reRequest  = "^" + reToken + ` (/[A-Za-z0-9._~!$&'()*+,;=:@%/?^{|}\[\]` + "`" + `-]*|\*) HTTP/1\.1$`
	reResponse = "^HTTP/1\\.1 [1-5][0-9][0-9] [\t \x21-\x7e\u0080-\u00ff]*$"
	reHost     = `^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$`
)

var errNeedMore = fmt.Errorf("incomplete message")

func (r *strictReader) line() (string, error) {
	i := bytes.Index(r.b, []byte("\r\n"))
	if i < 0 {
		return "", errNeedMore
	}
	line := string(r.b[:i])
	if strings.ContainsAny(line, "\r\n\x00") {
		return "", fmt.Errorf("line %q has CR, LF or NUL inside", line)
	}
	r.b = r.b[i+2:]
	return line, nil
}

func (r *strictReader) lines() (fields []string, err error) {
	for {
		line, err := r.line()
		if err != nil || line == "" {
			return fields, err
		}
		m := regexp.MustCompile(reField).FindStringSubmatch(latin(line))
		if m == nil {
			return nil, fmt.Errorf("field line %q", line)
		}
		fields = append(fields, strings.ToLower(m[1])+": "+m[2])
	}
}

// latin gives regexp one rune a byte.
func latin(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// request reads one request. It leaves the reader as it was on errNeedMore.
func (r *strictReader) request() (*message, error) {
	return r.message(reRequest, func(m *message) error {
		host := m.get("host")
		if len(host) != 1 || !regexp.MustCompile(reHost).MatchString(host[0]) {
			return fmt.Errorf("Host fields %q", host)
		}
		if len(m.get("content-length"))+len(m.get("transfer-encoding")) == 0 {
			r.bodyless = true
		}
		return nil
	})
}

// answer reads one answer.
func (r *strictReader) answer() (*message, error) {
	return r.message(reResponse, func(m *message) error {
		status := m.first[len("HTTP/1.1 "):][:3]
		if status[0] == '1' || status == "204" {
			r.bodyless = true
			if len(m.get("content-length"))+len(m.get("transfer-encoding")) > 0 {
				return fmt.Errorf("%s with a body length", status)
			}
		}
		if status == "304" {
			r.bodyless = true
		}
		return nil
	})
}

func (r *strictReader) message(first string, check func(*message) error) (m *message, err error) {
	start, bodyless := r.b, r.bodyless
	defer func() {
		if err == errNeedMore {
			r.b, r.bodyless = start, bodyless
		}
	}()
	m = &message{}
	if m.first, err = r.line(); err != nil {
		return nil, err
	}
	if !regexp.MustCompile(first).MatchString(latin(m.first)) {
		return nil, fmt.Errorf("first line %q", m.first)
	}
	if m.fields, err = r.lines(); err != nil {
		return nil, err
	}
	if err := check(m); err != nil {
		return nil, err
	}
	if r.bodyless {
		r.bodyless = false
		return m, nil
	}
	return m, r.body(m)
}

func (r *strictReader) body(m *message) error {
	lengths, encodings := m.get("content-length"), m.get("transfer-encoding")
	switch {
	case len(lengths)+len(encodings) > 1:
		return fmt.Errorf("lengths %q and encodings %q", lengths, encodings)
	case len(encodings) == 1 && encodings[0] == "chunked":
		return r.chunks(m)
	case len(encodings) == 1:
		return fmt.Errorf("encoding %q", encodings[0])
	case len(lengths) == 1:
		n, err := strconv.ParseUint(lengths[0], 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != lengths[0] {
			return fmt.Errorf("Content-Length %q", lengths[0])
		}
		m.body, err = r.take(int(n))
		return err
	}
	return fmt.Errorf("a body without a length")
}

func (r *strictReader) take(n int) (string, error) {
	if len(r.b) < n {
		return "", errNeedMore
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s, nil
}

func (r *strictReader) chunks(m *message) error {
	for {
		line, err := r.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(line, 16, 31)
		if err != nil {
			return fmt.Errorf("chunk size %q", line)
		}
		if n == 0 {
			m.trailers, err = r.lines()
			return err
		}
		data, err := r.take(int(n) + 2)
		if err != nil {
			return err
		}
		if !strings.HasSuffix(data, "\r\n") {
			return fmt.Errorf("chunk data %q", data)
		}
		m.body += data[:n]
	}
}
