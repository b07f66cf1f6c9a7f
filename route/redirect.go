package route

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Redirect is the answer of a redirect route.
type Redirect struct {
	Code int    // 300 to 399
	URL  string // where to, as written; may hold $path and $host

	scheme, host, path, query string // of URL; scheme ends in "://" or is empty
	strip, prepend            string
}

// newRedirect checks code and takes url apart.
func newRedirect(code, url, strip, prepend string) (*Redirect, error) {
	n, err := strconv.Atoi(code)
	if err != nil || n < 300 || n > 399 {
		return nil, fmt.Errorf("redirect code %q is not a number from 300 to 399", code)
	}
	r := &Redirect{Code: n, URL: url, strip: strip, prepend: prepend}
	rest, _, _ := strings.Cut(escapeBytes(url, printable), "#")
	rest, r.query, _ = strings.Cut(rest, "?")
	if i := strings.Index(rest, "://"); i > 0 {
		r.scheme, rest = rest[:i+3], rest[i+3:]
	}
	r.host, r.path, _ = strings.Cut(rest, "/")
	r.path = rest[len(r.host):]
	if host, ok := strings.CutSuffix(r.host, "$path"); ok {
		r.host, r.path = host, "$path"
	}
	if (r.scheme == "") != (r.host == "") || r.scheme == "" && r.path == "" {
		return nil, errors.New("redirect wants an absolute URL or a path, such as https://www.example.com$path, got " + strconv.Quote(url))
	}
	r.path = strings.Replace(r.path, "/$path", "$path", 1)
	return r, nil
}

func printable(c byte) bool { return c > ' ' && c < 0x7f }

// Location is the redirect's target for a request: $host becomes the Host the
// client sent (without its port where the URL has one), $path the path in normal form after strip and prepend. The
// query is the URL's own; without one, and with $path, it is the request's.
func (r *Redirect) Location(host, path, query string) string {
	own := r.query
	if strings.Contains(r.path, "$path") {
		path = strings.Replace(r.path, "$path", r.prepend+strings.TrimPrefix(path, r.strip), 1)
		if own == "" {
			own = query
		}
	} else {
		path = r.path
	}
	if path == "" || path[0] != '/' {
		path = "/" + path
	}
	if own != "" {
		path += "?" + own
	}
	if strings.Contains(r.host, "$host:") {
		host, _, _ = cutPort(host)
	}
	return r.scheme + strings.Replace(r.host, "$host", host, 1) + path
}
