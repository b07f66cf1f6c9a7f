package route

import "strings"

// AppendPath appends to dst the path that the target is to see for a request
// path in normal form: without the strip prefix, where the path has it, and
// behind the prepend prefix. It does not allocate when dst has room.
func (t *Target) AppendPath(dst []byte, path string) []byte {
	strip, prepend := t.settings.strip, t.settings.prepend
	if path == "*" || strip == "" && prepend == "" {
		return append(dst, path...)
	}
	if rest, ok := strings.CutPrefix(path, strip); ok && strip != "" {
		path = trimDots(strings.TrimPrefix(rest, "/"))
		if prepend == "" || prepend[0] != '/' {
			dst = append(dst, '/')
		}
		dst = append(dst, prepend...)
		if prepend != "" {
			dst = append(dst, '/')
		}
		return append(dst, path...)
	}
	if prepend != "" && prepend[0] != '/' {
		dst = append(dst, '/')
	}
	return append(append(dst, prepend...), path...)
}

// trimDots takes off the dot segments that a strip in the middle of a segment
// can lay bare: "/p../x" without "/p" must not lead out of the prepended path.
func trimDots(path string) string {
	for {
		first, rest, _ := strings.Cut(path, "/")
		if first != "." && first != ".." {
			return path
		}
		path = rest
	}
}
