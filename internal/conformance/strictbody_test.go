package conformance

import (
	"slices"
	"strconv"
	"strings"
)

// body reads what the framing fields announce.
func (s *strict) body(m *message) ([]byte, error) {
	codings, lengths := m.get("Transfer-Encoding"), m.get("Content-Length")
	if len(codings) > 0 && (len(lengths) > 0 || m.version == "HTTP/1.0") || len(lengths) > 1 {
		s.fault("framed by %q and %q in %s", codings, lengths, m.version)
	}
	switch {
	case len(codings) > 0:
		if !strings.EqualFold(strings.Join(codings, "|"), "chunked") {
			s.fault("transfer coding %.40q", codings)
			return nil, errBroken
		}
		return s.chunks()
	case len(lengths) > 0:
		n, err := strconv.ParseUint(lengths[0], 10, 62)
		if err != nil || strconv.FormatUint(n, 10) != lengths[0] {
			s.fault("Content-Length %.40q", lengths[0])
			return nil, errBroken
		}
		return s.take(n)
	}
	return nil, nil
}

func (s *strict) take(n uint64) ([]byte, error) {
	if uint64(len(s.b)) < n {
		return nil, errShort
	}
	taken := s.b[:n]
	s.b = s.b[n:]
	return taken, nil
}

// chunks reads a chunked body and its trailers. Chunk extensions have no
// business behind a proxy.
func (s *strict) chunks() (body []byte, err error) {
	for {
		line, err := s.line("chunk size")
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseUint(line, 16, 62)
		if err != nil {
			s.fault("chunk size %.40q", line)
			return nil, errBroken
		}
		if n == 0 {
			break
		}
		chunk, err := s.take(n)
		if err != nil {
			return nil, err
		}
		body = append(body, chunk...)
		if end, err := s.take(2); err != nil {
			return nil, err
		} else if string(end) != "\r\n" {
			s.fault("a chunk ends with %q", end)
			return nil, errBroken
		}
	}
	trailers, err := s.fields("trailer")
	for _, f := range trailers {
		if slices.Contains([]string{"content-length", "transfer-encoding", "host", "connection", "trailer", "authorization"}, strings.ToLower(f[0])) {
			s.fault("trailer %s", f[0])
		}
	}
	return body, err
}
