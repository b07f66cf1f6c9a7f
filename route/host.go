package route

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxHost bounds a host pattern in bytes, as DNS bounds a name.
const maxHost = 255

// NormalHost lower-cases a Host field value or authority and drops the port
// that is the scheme's default (80 plain, 443 TLS). It allocates only when
// something has to be lower-cased.
func NormalHost(host string, tls bool) string {
	port := ":80"
	if tls {
		port = ":443"
	}
	return strings.ToLower(strings.TrimSuffix(host, port))
}

// checkHost says why a lower-case host pattern cannot be one. Empty is fine.
func checkHost(host string) error {
	if len(host) > maxHost {
		return fmt.Errorf("host is %d bytes long, at most %d are allowed", len(host), maxHost)
	}
	for _, c := range host {
		if c >= 0x80 || !hostByte(byte(c)) {
			return fmt.Errorf("host %q holds %q; letters, digits, - . _ ~ : and the glob characters * ? [ ] { } , ! \\ are allowed (other alphabets in punycode)", host, c)
		}
	}
	name, port, ok := cutPort(host)
	if ok && name == "" {
		return fmt.Errorf("host %q has no name before its port", host)
	}
	if ok && !isGlob(port) {
		return checkPort(port)
	}
	return nil
}

func hostByte(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~:*?[]{},!\\", c) >= 0
}

// checkPort says why a text is no port number.
func checkPort(port string) error {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	return nil
}

// cutPort splits "name:port". An IPv6 literal keeps its brackets.
func cutPort(host string) (name, port string, ok bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || isIPv6(host) {
		return host, "", false
	}
	return host[:i], host[i+1:], true
}

// isIPv6 reports whether host is an address such as [2001:db8::1], which would
// otherwise read as a glob's character class.
func isIPv6(host string) bool {
	if len(host) < 4 || host[0] != '[' || host[len(host)-1] != ']' {
		return false
	}
	a, err := netip.ParseAddr(host[1 : len(host)-1])
	return err == nil && a.Is6()
}

// isGlob reports whether a host pattern, or a part of one, has to be compiled.
func isGlob(pattern string) bool {
	if !strings.ContainsAny(pattern, `*?[]{}\`) {
		return false
	}
	name, port, ok := cutPort(pattern)
	return !isIPv6(name) || ok && isGlob(port)
}

// rankKey orders host patterns: the greater key is the more specific pattern.
// It is the name reversed, so that *.b.example.com stands before *.example.com,
// with the port behind.
func rankKey(host string) string {
	name, port, _ := cutPort(host)
	b := []byte(name)
	slices.Reverse(b)
	if port != "" {
		b = append(append(b, ':'), port...)
	}
	return string(b)
}

var errNoSource = errors.New("no host, path or :port is given")
