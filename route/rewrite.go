package route

import "strings"

// AppendPath appends to dst the path that the target is to see for a request
// path in normal form: without the strip prefix, where the path has it, and
// behind the prepend prefix. It does not allocate when dst has room.
func (t *Target) AppendPath(dst []byte, path string) []byte {
	if path == "*" {
		return append(dst, path...)
	}
	set := t.settings
	dst = append(dst, set.prepend...)
	if rest, ok := strings.CutPrefix(path, set.strip); ok && set.strip != "" {
		dst = append(dst, '/')
		path = trimDots(strings.TrimPrefix(rest, "/"))
	}
	return append(dst, path...)
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
