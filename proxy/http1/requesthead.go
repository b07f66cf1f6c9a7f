package http1

import (
	"weir/proxy/exchange"
)

// requestHead reads a request's first line and header. The zero value reads the
// first head of a connection; reset makes it ready for the next.
type requestHead struct {
	header
	blank     bool // an empty line came before the request line
	proto     exchange.Protocol
	method    []byte // nil before the request line
	target    []byte // "/path?query" or "*"
	authority []byte // of an absolute form
	host      []byte
	hosts     int
	expect    bool // 100-continue
}

func (h *requestHead) reset(fields []exchange.Field) {
	*h = requestHead{header: h.another(fields)}
}

// read takes the head that starts b and returns its size, or errMore. It may be
// called again with more bytes behind the same ones.
func (h *requestHead) read(b []byte, lim *exchange.Limits) (size int, err error) {
	for h.method == nil {
		if err := h.start(b, lim); err != nil {
			return 0, err
		}
	}
	for {
		name, value, set, err := h.next(b, lim)
		switch {
		case err != nil:
			return 0, err
		case name == nil:
			return h.scan.pos, h.check()
		}
		if set&aliasByte != 0 {
			if isFramingAlias(name) {
				return 0, errAlias
			}
			h.dropped++
			continue
		}
		own, err := h.own(name, value)
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

// isFramingAlias reports whether some servers would take name for
// Content-Length or Transfer-Encoding, and so see another end of the message.
func isFramingAlias(name []byte) bool {
	switch len(name) {
	case len("content-length"):
		return exchange.EqualFold(name[:7], "content") && exchange.EqualFold(name[8:], "length")
	case len("transfer-encoding"):
		return exchange.EqualFold(name[:8], "transfer") && exchange.EqualFold(name[9:], "encoding")
	}
	return false
}

// start takes the request line, or an empty line before it.
func (h *requestHead) start(b []byte, lim *exchange.Limits) error {
	line, err := h.first.next(b)
	long := h.first.pos > lim.HeaderBytes || err == errMore && len(b) >= min(lim.HeaderBytes, lim.URIBytes+64)
	switch {
	case long:
		return errURILength
	case err == errControl:
		return errNotHTTP // a TLS hello, a PROXY header, noise
	case err != nil:
		return err
	case len(line) == 0 && !h.blank: // RFC 9112 section 2.2
		h.blank = true
		return nil
	}
	h.scan = fieldScan{pos: h.first.pos, seen: h.first.pos}
	if err := h.requestLine(line); err != nil {
		return err
	}
	if len(h.target) > lim.URIBytes {
		return errURILength
	}
	return nil
}

// own takes the fields that are not forwarded as they are.
func (h *requestHead) own(name, value []byte) (bool, error) {
	switch len(name) {
	case 2:
		if exchange.EqualFold(name, "te") {
			h.te(name, value)
		}
	case 4:
		if exchange.EqualFold(name, "host") {
			h.host = value
			h.hosts++
			return true, nil
		}
	case 6:
		if exchange.EqualFold(name, "expect") {
			return true, h.expectation(value)
		}
	}
	return h.take(name, value)
}

func (h *requestHead) expectation(value []byte) error {
	if !exchange.EqualFold(value, "100-continue") {
		return errExpect
	}
	h.expect = h.proto == exchange.HTTP11 // RFC 9110 section 10.1.1
	return nil
}

// te keeps "trailers", which means the same behind a proxy that passes them on.
func (h *requestHead) te(name, value []byte) {
	for token := range tokens(value) {
		if exchange.EqualFold(token, "trailers") {
			h.fields = append(h.fields, exchange.Field{Name: name, Value: token})
			return
		}
	}
}

// check looks at the head as a whole.
func (h *requestHead) check() error {
	switch {
	case h.hosts > 1 || h.hosts == 0 && h.proto == exchange.HTTP11:
		return errNoHost
	case h.hosts == 1 && !checkHost(h.host):
		return errHost
	}
	if h.authority != nil {
		h.host = h.authority
	}
	return h.complete(h.proto)
}

// asksForSocket reports whether the request asks for a WebSocket. Any other
// Upgrade is not heard (RFC 9110 section 7.8).
func (h *requestHead) asksForSocket() bool {
	return h.socket && h.upgrades == 1 && h.upgrade && h.proto == exchange.HTTP11 && string(h.method) == "GET"
}
