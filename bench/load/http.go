package load

import (
	"bytes"
	"fmt"
	"strconv"
)

// request is a GET.
func request(host, path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host)
}

// responseLen returns the length of the response that b begins with, or 0 when
// more of it is to come. Only status 200 with a Content-Length will do.
func responseLen(b []byte) (int, error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, nil
	}
	if !bytes.HasPrefix(b, []byte("HTTP/1.1 200 ")) {
		return 0, fmt.Errorf("answer %q, want status 200", b[:end])
	}
	for line := range bytes.Lines(b[:end+2]) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !bytes.EqualFold(name, []byte("content-length")) {
			continue
		}
		length, err := strconv.Atoi(string(bytes.TrimSpace(value)))
		if err != nil {
			return 0, fmt.Errorf("length of an answer: %w", err)
		}
		if n := end + 4 + length; n <= len(b) {
			return n, nil
		}
		return 0, nil
	}
	return 0, fmt.Errorf("answer %q has no Content-Length", b[:end])
}
