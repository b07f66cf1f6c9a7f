package route

import (
	"fmt"
	"strings"
)

// maxVariant bounds the name of a variant or version in bytes.
const maxVariant = 128

// checkVariant says why a text cannot name a variant or version. Names stand
// in URLs, metrics and commands.
func checkVariant(name string) error {
	if name == "" || len(name) > maxVariant {
		return fmt.Errorf("name %q is not 1 to %d characters long", clip(name, 100), maxVariant)
	}
	for _, c := range []byte(name) {
		if !unreserved(c) && strings.IndexByte("+:@", c) < 0 {
			return fmt.Errorf("name %q holds %q; letters, digits and - . _ ~ + : @ are allowed", name, rune(c))
		}
	}
	return nil
}

// checkName says why a text cannot be a host name or address to send or dial.
func checkName(host string) error {
	for _, c := range []byte(host) {
		if !unreserved(c) && strings.IndexByte(":[]%", c) < 0 {
			return fmt.Errorf("host %q holds %q", clip(host, 100), rune(c))
		}
	}
	if host == "" || len(host) > maxHost {
		return fmt.Errorf("host %q is not 1 to %d characters long", clip(host, 100), maxHost)
	}
	return nil
}

// clip cuts s to n bytes.
func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
