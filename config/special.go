package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// The values that have a rule of their own. Conditions for checked return what
// was expected, or "" if it was.

func notEmpty(s string) string {
	if s == "" {
		return "a text with at least one character"
	}
	return ""
}

// headerName accepts a field name, RFC 9110 section 5.1, or nothing.
func headerName(s string) string {
	if s != "" && !httpguts.ValidHeaderFieldName(s) {
		return "a header name"
	}
	return ""
}

// headerValue accepts a field value, RFC 9110 section 5.5, or nothing.
func headerValue(s string) string {
	if !httpguts.ValidHeaderFieldValue(s) {
		return "a header value"
	}
	return ""
}

func localIP(at func(*Config) *netip.Addr) setter {
	return func(c *Config, raw string) findings {
		s, err := expandAddr(strings.TrimSpace(raw))
		if err != nil {
			return failed("%v", err)
		}
		if s == "" {
			*at(c) = netip.Addr{}
			return findings{}
		}
		ip, err := netip.ParseAddr(s)
		if err != nil {
			return failed("%q is not an IP address", raw)
		}
		*at(c) = ip.Unmap()
		return findings{}
	}
}

// consulAddr reads host:port with or without a scheme. A path is dropped, as in
// fabio; without a port a scheme gives its own.
func consulAddr(c *Config, raw string) findings {
	scheme, rest, ok := strings.Cut(strings.ToLower(strings.TrimSpace(raw)), "://")
	if !ok {
		scheme, rest = "http", scheme
	}
	ports := map[string]string{"http": "80", "https": "443"}
	if ports[scheme] == "" {
		return failed("%q is not http or https", scheme)
	}
	rest, _, _ = strings.Cut(rest, "/")
	if _, _, err := splitHostPort(rest); err != nil && ok {
		rest += ":" + ports[scheme]
	}
	host, _, err := splitHostPort(rest)
	if err == nil && host == "" {
		err = fmt.Errorf("%q names no host", raw)
	}
	if err == nil {
		err = checkHostPort(rest)
	}
	if err != nil {
		return failed("%v", err)
	}
	c.Registry.Consul.Scheme, c.Registry.Consul.Addr = scheme, rest
	return findings{}
}

func storePrefix(c *Config, raw string) findings {
	prefix := strings.Trim(strings.TrimSpace(raw), "/")
	if prefix == "" || strings.Contains(prefix, "//") {
		return failed("%q is not a KV path such as weir", raw)
	}
	c.Store.Consul.Prefix = prefix
	return findings{}
}

// uiAddr reads one listener of fabio's grammar, which may be http or https only.
func uiAddr(c *Config, raw string) findings {
	entries, err := parseEntries(raw)
	if err != nil {
		return failed("%v", err)
	}
	if len(entries) != 1 {
		return failed("%q is not one host:port", raw)
	}
	l, f := parseListener(entries[0])
	if len(f.errs) == 0 && l.Proto != "http" && l.Proto != "https" {
		f.errs = append(f.errs, fmt.Sprintf("proto %s: the admin listener is http or https", l.Proto))
	}
	if l.ReadTimeout != unset || l.WriteTimeout != unset || l.IdleTimeout != 0 {
		f.warns = append(f.warns, "rt, wt and it have no effect on the admin listener")
	}
	l.ReadTimeout, l.WriteTimeout = 0, 0
	c.UI.Addr, c.UI.Listener = l.Addr, l
	return f
}

func uiPath(c *Config, raw string) findings {
	path := strings.Trim(strings.TrimSpace(raw), "/")
	if strings.ContainsAny(path, "?#%\\{} ") || strings.Contains(path, "//") || !printable(path) {
		return failed("%q is not a path such as /weir", raw)
	}
	if path != "" {
		path = "/" + path
	}
	c.UI.Path = path
	return findings{}
}

// profileMode says what was expected, or nothing.
func profileMode(s string) string {
	if slices.Contains([]string{"", "cpu", "mem", "mutex", "block", "trace"}, s) {
		return ""
	}
	return "cpu, mem, mutex, block or trace"
}

// linkHost is a host name or address, or empty.
func linkHost(c *Config, raw string) findings {
	if c.UI.Links.Host = raw; raw == "" {
		return findings{}
	}
	if err := checkHost(raw); err != nil {
		return failed("%v", err)
	}
	return findings{}
}

// portOrNone says what was expected, or nothing.
func portOrNone(s string) string {
	if n, err := strconv.ParseUint(s, 10, 16); s != "" && (err != nil || n == 0) {
		return "a port from 1 to 65535"
	}
	return ""
}
