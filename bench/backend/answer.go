package backend

import (
	"bytes"
	"fmt"
)

// Sizes of the answers in bytes.
const (
	Small  = 128
	Large  = 1 << 20
	Stream = 256 << 20
)

// Paths of the HTTP backend. Seen answers with the request's head as it came.
const (
	PathSmall = "/small"
	PathLarge = "/large"
	PathSeen  = "/seen"
)

// answer looks at what a client sent. It uses up n bytes and sends out that
// many times; n 0 asks for more bytes. out is valid until the next call.
type answer func(in []byte) (n int, out []byte, times int)

// httpAnswer answers requests without a body.
func httpAnswer() answer {
	small, large := httpResponse(bytes.Repeat([]byte("s"), Small)), httpResponse(bytes.Repeat([]byte("L"), Large))
	return func(in []byte) (int, []byte, int) {
		end := bytes.Index(in, []byte("\r\n\r\n"))
		if end < 0 {
			return 0, nil, 0
		}
		head := in[:end+4]
		_, rest, _ := bytes.Cut(head, []byte(" "))
		path, _, _ := bytes.Cut(rest, []byte(" "))
		switch string(path) {
		case PathSmall:
			return len(head), small, 1
		case PathLarge:
			return len(head), large, 1
		case PathSeen:
			return len(head), httpResponse(head), 1
		}
		return len(head), []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 1
	}
}

func httpResponse(body []byte) []byte {
	head := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", len(body))
	return append(head, body...)
}

// helloAnswer sends out, that many times, for each TLS record: a ClientHello,
// which nobody here reads further.
func helloAnswer(out []byte, times int) answer {
	const header = 5
	return func(in []byte) (int, []byte, int) {
		if len(in) < header {
			return 0, nil, 0
		}
		n := header + int(in[3])<<8 + int(in[4])
		if len(in) < n {
			return 0, nil, 0
		}
		return n, out, times
	}
}
