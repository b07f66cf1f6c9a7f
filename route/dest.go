package route

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// dest is where a target's connections go.
type dest struct {
	scheme string
	addr   string // host and port to dial
	host   string // authority as written
	query  string
	url    string // as fabio prints it
}

// instanceDest is the destination of an instance.
func instanceDest(scheme, address string, port int) (dest, error) {
	if port < 1 || port > 65535 {
		return dest{}, fmt.Errorf("port %d of the instance is not from 1 to 65535", port)
	}
	if err := checkName(address); err != nil {
		return dest{}, fmt.Errorf("address of the instance: %w", err)
	}
	if scheme == "" {
		scheme = "http"
	}
	url := scheme + "://" + net.JoinHostPort(strings.Trim(address, "[]"), strconv.Itoa(port))
	addr := url[len(scheme)+3:]
	if scheme == "http" {
		url += "/"
	}
	return dest{scheme: scheme, addr: addr, host: addr, url: url}, nil
}

// parseDest reads the destination of a command. Its path does not count.
func parseDest(text string) (dest, error) {
	u, err := url.Parse(text)
	if err != nil {
		return dest{}, fmt.Errorf("destination %q is not a URL: %w", text, err)
	}
	if !slices.Contains(schemes(), u.Scheme) {
		return dest{}, fmt.Errorf("destination %q does not begin with %s://", text, strings.Join(schemes(), "://, "))
	}
	if u.User != nil {
		return dest{}, fmt.Errorf("destination of host %q holds a user name, which would be ignored", u.Host)
	}
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	if err := checkPort(port); err != nil {
		return dest{}, fmt.Errorf("destination %q: %w", text, err)
	}
	if err := checkName(u.Hostname()); err != nil {
		return dest{}, fmt.Errorf("destination %q: %w", text, err)
	}
	return dest{u.Scheme, net.JoinHostPort(u.Hostname(), port), u.Host, u.RawQuery, u.String()}, nil
}

// defaultPort is the port of a destination without one; a tcp destination must
// have one.
func defaultPort(scheme string) string {
	switch scheme {
	case "http", "h2c", "grpc":
		return "80"
	case "https", "h2", "grpcs":
		return "443"
	}
	return ""
}

// canonicalDest brings a destination to the form of dest.url.
func canonicalDest(text string) string {
	if u, err := url.Parse(text); err == nil {
		return u.String()
	}
	return text
}
