package http2

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// strictReader reads HTTP/1.1 requests, written without a look at the code
// under test: what is not of the grammar, or could be read in two ways, is an error.
type strictReader struct{ *bufio.Reader }

// The grammar of RFC 9110 and RFC 9112 as regular expressions.
const (
	reToken = "([!#$%&'*+.^_`|~0-9A-Za-z-]+)"
	reField = "^" + reToken + ": ([\x21-\x7e\u0080-\u00ff](?:[\t \x21-\x7e\u0080-\u00ff]*[\x21-\x7e\u0080-\u00ff])?)?$"
	reFirst = "^" + reToken + " (/[A-Za-z0-9._~!$&'()*+,;=:@%/?^{|}\\[\\]`-]*|\\*) HTTP/1\\.1$"
)

// request reads one and tells it as witness does, without the fields that weir adds.
func (r *strictReader) request() (string, error) {
	first, err := r.line(reFirst)
	if err != nil {
		return "", err
	}
	own := map[string]string{}
	told, err := r.fields(func(name, value string) (ours bool, err error) {
		switch name {
		case "host", "content-length", "transfer-encoding":
			if _, twice := own[name]; twice {
				return true, fmt.Errorf("%s twice", name)
			}
			own[name] = value
			return true, nil
		}
		return name == "forwarded" || name == "x-real-ip" || strings.HasPrefix(name, "x-forwarded-"), nil
	})
	if err != nil {
		return "", err
	}
	body, err := r.body(own)
	return fmt.Sprintf("%s %s %s%s | %s", first[1], own["host"], first[2], told, body), err
}

func (r *strictReader) fields(take func(name, value string) (bool, error)) (told string, err error) {
	for {
		f, err := r.line(reField + "|^$")
		if err != nil || f[0] == "" {
			return told, err
		}
		name := strings.ToLower(f[1])
		ours, err := take(name, f[2])
		if err != nil {
			return told, err
		}
		if !ours {
			told += " | " + name + ": " + f[2]
		}
	}
}

// body reads a body and trailers.
func (r *strictReader) body(own map[string]string) (string, error) {
	length, hasLength := own["content-length"]
	encoding, chunked := own["transfer-encoding"]
	switch {
	case hasLength && chunked, chunked && encoding != "chunked":
		return "", fmt.Errorf("length %q and encoding %q", length, encoding)
	case chunked:
		return r.chunks()
	case !hasLength:
		return "0 ", nil
	}
	n, err := strconv.Atoi(length)
	if err != nil || strconv.Itoa(n) != length || n < 0 {
		return "", fmt.Errorf("length %q", length)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return length + " " + string(b), err
}

func (r *strictReader) chunks() (string, error) {
	told := "-1 "
	for {
		size, err := r.line("^[0-9a-fA-F]{1,8}$")
		if err != nil {
			return "", err
		}
		n, _ := strconv.ParseInt(size[0], 16, 64)
		if n == 0 {
			trailers, err := r.fields(func(string, string) (bool, error) { return false, nil })
			return told + trailers, err
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return "", err
		}
		told += string(b)
		if _, err := r.line("^$"); err != nil {
			return "", err
		}
	}
}

// line reads one and matches it.
func (r *strictReader) line(pattern string) ([]string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	runes := make([]rune, 0, len(line)) // one for each byte
	for _, c := range []byte(strings.TrimSuffix(line, "\r\n")) {
		runes = append(runes, rune(c))
	}
	m := regexp.MustCompile(pattern).FindStringSubmatch(string(runes))
	if m == nil || len(runes) != len(line)-2 {
		return nil, fmt.Errorf("line %q", line)
	}
	for i, s := range m { // bytes again
		b := make([]byte, 0, len(s))
		for _, c := range s {
			b = append(b, byte(c))
		}
		m[i] = string(b)
	}
	return m, nil
}
