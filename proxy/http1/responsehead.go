package http1

import (
	"weir/proxy/exchange"
)

// responseHead reads an answer's first line and header.
type responseHead struct {
	header
	proto  exchange.Protocol
	status int // 0 before the status line
}

func (h *responseHead) reset(fields []exchange.Field) {
	*h = responseHead{header: h.another(fields)}
}

// read takes the head that starts b and returns its size, or errMore. It may be
// called again with more bytes behind the same ones.
func (h *responseHead) read(b []byte, lim *exchange.Limits) (size int, err error) {
	if h.status == 0 {
		line, err := h.first.next(b)
		if err == errMore && len(b) >= lim.HeaderBytes {
			return 0, errHead
		}
		if err == nil {
			err = h.statusLine(line)
		}
		if err != nil {
			return 0, err
		}
		h.scan = fieldScan{pos: h.first.pos, seen: h.first.pos}
	}
	for {
		name, value, _, err := h.next(b, lim)
		switch {
		case err != nil:
			return 0, err
		case name == nil:
			return h.scan.pos, h.complete(h.proto)
		}
		own, err := h.take(name, value)
		switch {
		case err != nil:
			return 0, err
		case own:
			h.dropped++
		default:
			h.fields = append(h.fields, exchange.Field{Name: name, Value: value})
		}
	}
}

// statusLine takes the first line (RFC 9112 section 4). The reason says nothing
// that the status does not.
func (h *responseHead) statusLine(line []byte) error {
	if len(line) < len("HTTP/1.1 200") || len(line) > 12 && line[12] != ' ' {
		return errStatus
	}
	switch string(line[:9]) {
	case "HTTP/1.1 ":
		h.proto = exchange.HTTP11
	case "HTTP/1.0 ":
		h.proto = exchange.HTTP10
	default:
		return errStatus
	}
	status, ok := decimal(line[9:12], 3)
	if !ok || status < 100 || status > 599 {
		return errStatus
	}
	h.status = int(status)
	return nil
}

// reusable reports whether the target keeps the connection open.
func (h *responseHead) reusable() bool {
	if h.proto == exchange.HTTP10 {
		return h.keepAlive && !h.close
	}
	return !h.close
}
