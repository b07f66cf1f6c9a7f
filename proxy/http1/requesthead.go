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
	kept := h.header
	kept.reset(fields)
	*h = requestHead{header: kept}
}

// read takes the head that starts b and returns its size, or errMore. It may be
// called again with more bytes behind the same ones.
func (h *requestHead) read(b []byte, lim *exchange.Limits) (size int, err error) {
	for {
		line, err := h.next(b)
		if h.pos > lim.HeaderBytes || err == errMore && len(b) >= lim.HeaderBytes {
			return 0, h.tooLarge()
		}
		switch {
		case err != nil:
			return 0, h.early(b, lim, err)
		case h.method == nil && len(line) == 0 && !h.blank:
			h.blank = true // RFC 9112 section 2.2
		case h.method == nil:
			err = h.first(line, lim)
		case len(line) == 0:
			return h.pos, h.check()
		case len(h.fields)+h.dropped >= lim.HeaderFields:
			err = errFields
		default:
			err = h.line(line)
		}
		if err != nil {
			return 0, err
		}
	}
}

func (h *requestHead) first(line []byte, lim *exchange.Limits) error {
	if err := h.requestLine(line); err != nil {
		return err
	}
	if len(h.target) > lim.URIBytes {
		return errURILength
	}
	return nil
}

// early refines the error of an incomplete or bad line.
func (h *requestHead) early(b []byte, lim *exchange.Limits, err error) error {
	switch {
	case h.method == nil && err == errMore && len(b)-h.pos > lim.URIBytes+64:
		return errURILength
	case h.method == nil && err == errControl:
		return errNotHTTP // a TLS hello, a PROXY header, noise
	}
	return err
}

func (h *requestHead) tooLarge() error {
	if h.method == nil {
		return errURILength
	}
	return errHead
}

// line takes a header line.
func (h *requestHead) line(line []byte) error {
	name, value, set, err := field(line)
	if err != nil {
		return err
	}
	own, err := h.own(name, value)
	if own || set&aliasByte != 0 {
		h.dropped++
		return err
	}
	h.fields = append(h.fields, exchange.Field{Name: name, Value: value})
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
	if h.proto == exchange.HTTP10 { // RFC 9110 section 10.1.1
		return nil
	}
	h.expect = exchange.EqualFold(value, "100-continue")
	if !h.expect {
		return errExpect
	}
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
