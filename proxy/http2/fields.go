package http2

import (
	"bytes"

	"weir/proxy/exchange"
)

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
		switch {
		case !ambiguous(f.Name):
			x.Fields = append(x.Fields, f)
		case framingAlias(f.Name):
			status = 400
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

// framingAlias reports whether such a target would see another end of the message.
func framingAlias(name []byte) bool {
	return likely(name, "content-length") || likely(name, "transfer-encoding")
}

// likely reports whether name is text but for what stands where text has dashes.
func likely(name []byte, text string) bool {
	if len(name) != len(text) {
		return false
	}
	for i := range name {
		if name[i] != text[i] && text[i] != '-' {
			return false
		}
	}
	return true
}

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
