package tlssni

import (
	"fmt"
	"net/netip"
)

// Limits of a host name in bytes (RFC 1035 section 2.3.4).
const (
	maxName  = 253
	maxLabel = 63
)

// normalName checks a host name and gives it in lower case. RFC 6066 section 3
// allows neither a trailing dot nor an address. The underscore is no part of
// host names by RFC 952 but is in use.
func normalName(name []byte) (string, error) {
	if len(name) > maxName {
		return "", fmt.Errorf("server name of %d bytes, want at most %d", len(name), maxName)
	}
	var lower [maxName]byte
	label := 0
	for i, c := range name {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == '.' && label > 0 && i < len(name)-1:
			label = -1
		case c == '.':
			return "", fmt.Errorf("server name %q has an empty label", name)
		default:
			return "", fmt.Errorf("server name %q has %q in it, want letters, digits, hyphen, underscore and dot", name, c)
		}
		if label++; label > maxLabel {
			return "", fmt.Errorf("server name %q has a label of more than %d bytes", name, maxLabel)
		}
		lower[i] = c
	}
	normal := string(lower[:len(name)])
	if last := name[len(name)-1]; '0' <= last && last <= '9' {
		if _, err := netip.ParseAddr(normal); err == nil {
			return "", fmt.Errorf("server name %q is an address, want a name", name)
		}
	}
	return normal, nil
}
