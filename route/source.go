package route

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// maxPath bounds a route's path in bytes.
const maxPath = 4096

// source is where a route's traffic comes in.
type source struct {
	host  string // lower-case pattern, with port if it has one; ":9000" on a port route
	path  string // as written, with leading slash; empty on a port route
	match string // path in the form that requests are compared with
	when  *conditions
}

// key is the source as in a tag, and the conditions.
func (s source) key() string {
	if s.when == nil {
		return s.host + s.path
	}
	return s.host + s.path + " " + s.when.text
}

// place is where requests are compared with s.
func (s source) place() place { return place{s.host, s.match, s.when.String()} }

// parseSource reads ":port", "host[:port][/path]" or "/path".
func (o Options) parseSource(text string) (source, error) {
	if text == "" {
		return source{}, errNoSource
	}
	if err := checkText(text); err != nil || strings.Contains(text, " ") {
		return source{}, cmp.Or(err, errors.New("a source cannot hold blanks"))
	}
	if port, ok := strings.CutPrefix(text, ":"); ok {
		return source{host: text}, checkPort(port)
	}
	host, path, _ := strings.Cut(text, "/")
	s := source{host: strings.ToLower(host), path: text[len(host):]}
	if s.path == "" {
		s.path = "/"
	}
	if err := checkHost(s.host); err != nil {
		return s, err
	}
	if len(path) >= maxPath {
		return s, fmt.Errorf("path is %d bytes long, at most %d are allowed", len(path)+1, maxPath)
	}
	return o.withMatch(s)
}

// withMatch fills in match and checks that the patterns can be compiled.
func (o Options) withMatch(s source) (_ source, err error) {
	if !o.ExactHosts && isGlob(s.host) {
		if _, err := compileGlob(s.host); err != nil {
			return s, fmt.Errorf("host: %w", err)
		}
	}
	switch o.Matcher {
	case Glob:
		s.match = escapeBytes(s.path, func(c byte) bool { return c > ' ' && c < 0x7f })
		if _, err := compileGlob(s.match); err != nil {
			return s, fmt.Errorf("path: %w", err)
		}
		return s, nil
	case PrefixFold:
		s.match, err = normalPrefix(s.path)
		s.match = strings.ToLower(s.match)
	default:
		s.match, err = normalPrefix(s.path)
	}
	return s, err
}

// normalPrefix is the normal form of a path prefix. Its last segment is only
// the beginning of one: "/." is not the directory itself but all hidden files.
func normalPrefix(path string) (string, error) {
	cut := strings.LastIndexByte(path, '/') + 1
	dir, err := NormalPath(path[:cut])
	if err != nil {
		return "", err
	}
	last, err := escapePath(path[cut:])
	return dir + last, err
}
