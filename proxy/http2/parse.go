package http2

import (
	"bytes"
	"net/netip"

	"weir/proxy/exchange"
)

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
// parsers stumble over, and "*" for OPTIONS.
func validPath(p []byte, method string) bool {
	if p[0] != '/' {
		return method == "OPTIONS" && string(p) == "*"
	}
	for _, c := range p {
		if c <= ' ' || c >= 0x7f || c == '#' || c == '\\' {
			return false
		}
	}
	return true
}

// parseFields sorts out the regular fields.
func (r *request) parseFields() (host []byte, status int, ok bool) {
	x := &r.x
	r.cookies = r.cookies[:0]
	for _, f := range r.head.fields[r.head.pseudo:] {
		if connectionField(f.Name) || hasEdgeSpace(f.Value) {
			return nil, 0, false
		}
		switch string(f.Name) {
		case "te":
			if !exchange.EqualFold(f.Value, "trailers") {
				return nil, 0, false
			}
		case "host":
			if host != nil {
				return nil, 0, false
			}
			host = f.Value
			continue
		case "content-length":
			if r.want >= 0 {
				return nil, 0, false
			}
			if r.want = number(f.Value); r.want < 0 {
				return nil, 0, false
			}
			continue
		case "expect":
			if r.expect = exchange.EqualFold(f.Value, "100-continue"); !r.expect {
				status = 417
			}
			continue
		case "cookie":
			r.cookies = append(r.cookies, f.Value)
			continue
		case "http2-settings":
			continue
		}
		if !ambiguous(f.Name) {
			x.Fields = append(x.Fields, f)
		}
	}
	r.joinCookies()
	return host, status, true
}

// joinCookies makes one field of the crumbs (RFC 9113 section 8.2.3).
func (r *request) joinCookies() {
	if len(r.cookies) == 0 {
		return
	}
	value := r.cookies[0]
	if len(r.cookies) > 1 {
		value = r.head.joined(r.cookies, "; ")
	}
	r.x.Fields = append(r.x.Fields, exchange.Field{Name: text("cookie"), Value: value})
}

// ambiguous reports whether a target may take the name for another one: CGI
// and its heirs turn dashes, dots and underscores into the same.
func ambiguous(name []byte) bool { return bytes.ContainsAny(name, "_.") }

// unfitTrailer reports whether a field decides on framing, routing, identity or
// meaning of a message and so must not come after it (RFC 9110 section 6.5.1).
func unfitTrailer(name []byte) bool {
	switch string(name) {
	case "content-length", "content-type", "content-encoding", "content-range", "host", "te", "trailer",
		"expect", "range", "max-forwards", "cache-control", "authorization", "proxy-authorization",
		"cookie", "set-cookie", "forwarded", "x-real-ip", "http2-settings":
		return true
	}
	return bytes.HasPrefix(name, []byte("x-forwarded-")) || bytes.HasPrefix(name, []byte("if-"))
}

// parseHost takes :authority or Host; where both are given they must agree.
func (r *request) parseHost(authority, host []byte) (status int) {
	if authority == nil {
		authority = host
	}
	if host != nil && !bytes.EqualFold(host, authority) || !validAuthority(authority) {
		return 400
	}
	r.x.Host = authority
	return 0
}

// validAuthority accepts a name, an IPv4 address or an IPv6 address in
// brackets, each with a port or without; no user, no empty part.
func validAuthority(a []byte) bool {
	name, port := a, []byte(nil)
	if i := bytes.LastIndexByte(a, ':'); i >= 0 && bytes.IndexByte(a[i:], ']') < 0 {
		name, port = a[:i], a[i+1:]
		if n := number(port); len(port) > 5 || n < 0 || n > 65535 {
			return false
		}
	}
	if n := len(name); n > 2 && name[0] == '[' && name[n-1] == ']' {
		addr, err := netip.ParseAddr(string(name[1 : n-1]))
		return err == nil && addr.Is6() && addr.Zone() == ""
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~') {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 255
}
