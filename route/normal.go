package route

import (
	"fmt"
	"strings"
)

// NormalPath gives the normal form of a raw request path (without query):
// unreserved characters decoded, everything that may not stand in a path
// encoded, dot segments resolved, repeated slashes folded, a trailing slash
// kept (RFC 3986 section 6.2.2). It returns its argument where that is normal
// already, and for "*". Nothing is decoded twice: %2F, %3F and %25 stay. An
// error names what cannot be routed.
func NormalPath(raw string) (string, error) {
	if raw == "*" {
		return raw, nil
	}
	if raw == "" || raw[0] != '/' {
		return "", fmt.Errorf("path %q does not begin with a slash", clip(raw, 100))
	}
	if isNormal(raw) {
		return raw, nil
	}
	escaped, err := escapePath(raw)
	if err != nil {
		return "", err
	}
	return resolveDots(escaped), nil
}

// isNormal reports whether path, which begins with a slash, is in normal form
// without looking into percent-encodings.
func isNormal(path string) bool {
	for i := range len(path) {
		if !pathByte(path[i]) {
			return false
		}
		if path[i] == '/' && !normalSegment(path[i+1:]) {
			return false
		}
	}
	return true
}

// normalSegment reports whether the segment that rest begins with is neither
// empty (unless it is the last) nor a dot segment.
func normalSegment(rest string) bool {
	if rest == "" {
		return true
	}
	if rest[0] != '.' {
		return rest[0] != '/'
	}
	rest = strings.TrimPrefix(rest[1:], ".")
	return rest != "" && rest[0] != '/'
}

// escapePath decodes the encodings of unreserved characters and encodes what
// may not stand in a path. It returns its argument when nothing changes.
func escapePath(path string) (string, error) {
	i := 0
	for i < len(path) && pathByte(path[i]) {
		i++
	}
	if i == len(path) {
		return path, nil
	}
	out := append(make([]byte, 0, len(path)+8), path[:i]...)
	for ; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '%':
			v, ok := unhex(path[i+1:])
			if !ok {
				return "", fmt.Errorf("path %q has a malformed percent-encoding", clip(path, 100))
			}
			i += 2
			out = appendCanonical(out, v)
		case pathByte(c):
			out = append(out, c)
		default:
			out = appendEncoded(out, c)
		}
	}
	return string(out), nil
}

// escapeBytes encodes every byte of s that keep does not let stand.
func escapeBytes(s string, keep func(byte) bool) string {
	i := 0
	for i < len(s) && keep(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	out := []byte(s[:i])
	for ; i < len(s); i++ {
		if keep(s[i]) {
			out = append(out, s[i])
		} else {
			out = appendEncoded(out, s[i])
		}
	}
	return string(out)
}

// appendCanonical appends a decoded byte as it stands in a normal path.
func appendCanonical(out []byte, v byte) []byte {
	if unreserved(v) {
		return append(out, v)
	}
	return appendEncoded(out, v)
}

func appendEncoded(out []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(out, '%', digits[c>>4], digits[c&15])
}

// resolveDots folds slashes and removes dot segments (RFC 3986 section 5.2.4).
// path begins with a slash.
func resolveDots(path string) string {
	out := make([]byte, 0, len(path))
	for path != "" {
		segment, rest, more := strings.Cut(path, "/")
		switch segment {
		case "", ".":
		case "..":
			out = out[:lastSlash(out)]
		default:
			out = append(append(out, '/'), segment...)
		}
		path = rest
		if !more || rest == "" {
			if more || segment == "." || segment == ".." {
				out = append(out, '/')
			}
			break
		}
	}
	return string(out)
}

// lastSlash is the index of the last slash of b, or 0.
func lastSlash(b []byte) int {
	i := len(b) - 1
	for i > 0 && b[i] != '/' {
		i--
	}
	return max(i, 0)
}
