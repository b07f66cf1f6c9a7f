package http2

import "weir/proxy/exchange"

// pseudo are the pseudo fields of a request; nil is absent.
type pseudo struct{ method, scheme, authority, path, protocol []byte }

// slot is where the field belongs; nil when there is no such field in requests.
func (p *pseudo) slot(name []byte) *[]byte {
	switch string(name) {
	case ":method":
		return &p.method
	case ":scheme":
		return &p.scheme
	case ":authority":
		return &p.authority
	case ":path":
		return &p.path
	case ":protocol":
		return &p.protocol
	}
	return nil
}

// parse fills the exchange from the header block. ok is false for a malformed
// request; status is the answer to one that is well-formed and not served.
func (r *request) parse() (status int, ok bool) {
	var p pseudo
	switch {
	case r.head.malformed:
		return 0, false
	case r.head.tooLarge:
		return 431, true
	}
	for _, f := range r.head.fields[:r.head.pseudo] {
		at := p.slot(f.Name)
		if at == nil || *at != nil || hasEdgeSpace(f.Value) {
			return 0, false
		}
		*at = f.Value
	}
	host, status, ok := r.parseFields()
	if !ok {
		return 0, false
	}
	line, ok := r.parseLine(&p)
	if !ok {
		return 0, false
	}
	return first(line, r.parseHost(p.authority, host), status), true
}

func first(status ...int) int {
	for _, s := range status {
		if s != 0 {
			return s
		}
	}
	return 0
}

// parseLine checks method, scheme and path (RFC 9113 section 8.3.1, RFC 8441
// section 4).
func (r *request) parseLine(p *pseudo) (status int, ok bool) {
	x := &r.x
	x.Proto, x.Method, x.URI = exchange.HTTP2, p.method, p.path
	connect := string(p.method) == "CONNECT"
	switch {
	case !isToken(p.method), p.protocol != nil && !connect:
		return 0, false
	case connect && p.protocol == nil:
		return 405, p.scheme == nil && p.path == nil
	case len(p.scheme) == 0 || len(p.path) == 0:
		return 0, false
	case connect && string(p.protocol) != "websocket":
		return 501, true
	case connect:
		x.Method, x.Upgrade = text("GET"), true
	case exchange.EqualFold(p.method, "trace"), exchange.EqualFold(p.method, "connect"), exchange.EqualFold(p.method, "pri"):
		return 405, true
	}
	switch {
	case len(p.path) > r.link.limits.URIBytes:
		return 414, true
	case string(p.scheme) != "http" && string(p.scheme) != "https", !validPath(p.path, string(p.method)):
		return 400, true
	}
	return 0, true
}

// validPath accepts the origin form in printable ASCII, without what other
// parsers stumble over, and "*" for OPTIONS: the same as HTTP/1 does.
func validPath(p []byte, method string) bool {
	if p[0] != '/' {
		return method == "OPTIONS" && string(p) == "*"
	}
	for _, c := range p {
		switch {
		case c <= ' ', c >= 0x7f, c == '#', c == '\\', c == '"', c == '<', c == '>':
			return false
		}
	}
	return true
}
