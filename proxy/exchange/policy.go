package exchange

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strconv"

	"weir/route"
)

// Policy is what weir does to header fields on the way.
type Policy struct {
	LocalIP   string // by= in Forwarded; empty means the connection's own
	ClientIP  string // name of a field that carries the client address; empty: none
	TLSField  string // name of a field set on TLS connections; empty: none
	TLSValue  string // and its value
	RequestID string // name of a field with a fresh UUID; empty: none
	HSTS      string // Strict-Transport-Security value on TLS; empty: none
}

// request edits the fields that do not depend on the target: what a stranger
// says about forwarding goes, what weir knows comes.
func (p *Policy) request(x *Exchange) {
	var seen forwarding
	kept := x.Fields[:0]
	for _, f := range x.Fields {
		if !p.takes(f, &seen) {
			kept = append(kept, f)
		}
	}
	x.Fields = kept
	x.forwardedFor, x.claimedProto = x.join(nil, seen.forwardedFor), seen.proto
	if !x.Client.Trusted {
		seen = forwarding{}
	}
	p.addForwarded(x, &seen)
	p.addConfigured(x)
	x.fields = len(x.Fields)
}

// forwarding is what the client's fields said.
type forwarding struct {
	forwardedFor, forwarded         [][]byte
	realIP, proto, host, port, pref []byte
}

// takes reports whether the policy rules over f, and notes its value.
func (p *Policy) takes(f Field, seen *forwarding) bool {
	switch {
	case f.Is("x-forwarded-for"):
		seen.forwardedFor = append(seen.forwardedFor, f.Value)
	case f.Is("forwarded"):
		seen.forwarded = append(seen.forwarded, f.Value)
	case f.Is("x-real-ip"):
		seen.realIP = f.Value
	case f.Is("x-forwarded-proto"):
		seen.proto = f.Value
	case f.Is("x-forwarded-host"):
		seen.host = f.Value
	case f.Is("x-forwarded-port"):
		seen.port = f.Value
	case f.Is("x-forwarded-prefix"):
		seen.pref = f.Value
	case len(f.Name) > 12 && EqualFold(f.Name[:12], "x-forwarded-"):
	case f.Is("proxy-authorization"): // for us, who ask for none (RFC 9110 section 11.7.2)
	default:
		return p.configured(f.Name)
	}
	return true
}

func (p *Policy) configured(name []byte) bool {
	for _, own := range [...]string{p.ClientIP, p.TLSField, p.RequestID} {
		if own != "" && len(own) == len(name) && bytes.EqualFold(name, []byte(own)) {
			return true
		}
	}
	return false
}

// addForwarded adds the forwarding fields, by fabio's names and forms
// (Forwarded: RFC 7239).
func (p *Policy) addForwarded(x *Exchange, seen *forwarding) {
	c := x.Client
	proto := "http"
	if c.TLS != nil {
		proto = "https"
	}
	x.add("X-Forwarded-For", x.join(seen.forwardedFor, [][]byte{c.IP}))
	x.add("X-Real-Ip", or(seen.realIP, c.IP))
	x.add("X-Forwarded-Proto", or(seen.proto, text(proto)))
	x.add("X-Forwarded-Host", or(seen.host, x.Host))
	x.add("X-Forwarded-Port", or(seen.port, hostPort(x.Host, c)))
	x.add("Forwarded", x.join(seen.forwarded, [][]byte{p.forwarded(x, proto)}))
	if seen.pref != nil {
		x.add("X-Forwarded-Prefix", seen.pref)
	}
}

// forwarded makes weir's element of the Forwarded field.
func (p *Policy) forwarded(x *Exchange, proto string) []byte {
	at := len(x.scratch)
	b := append(x.scratch, "for="...)
	b = node(b, x.Client.IP)
	b = append(append(b, "; proto="...), proto...)
	b = append(b, "; by="...)
	if p.LocalIP != "" {
		b = node(b, text(p.LocalIP))
	} else {
		b = x.Client.Local.Addr().AppendTo(b)
	}
	b = append(append(b, "; httpproto="...), [...]string{"http/1.0", "http/1.1", "http/2.0"}[x.Proto]...)
	if tls := x.Client.TLS; tls != nil {
		b = append(append(b, "; tlsver="...), tlsVersion(tls.Version)...)
		b = append(b, "; tlscipher=0x"...)
		b = hex.AppendEncode(b, []byte{byte(tls.CipherSuite >> 8), byte(tls.CipherSuite)})
	}
	x.scratch = b
	return b[at:]
}

// node appends an address as RFC 7239 section 6 wants it: IPv6 in brackets and quotes.
func node(b, ip []byte) []byte {
	if bytes.IndexByte(ip, ':') < 0 {
		return append(b, ip...)
	}
	return append(append(append(b, `"[`...), ip...), `]"`...)
}

func tlsVersion(v uint16) string {
	if v < 0x0301 || v > 0x0304 {
		return "tls" + strconv.Itoa(int(v))
	}
	return [...]string{"tls10", "tls11", "tls12", "tls13"}[v-0x0301]
}

func (p *Policy) addConfigured(x *Exchange) {
	if p.ClientIP != "" {
		x.add(p.ClientIP, x.Client.IP)
	}
	if p.TLSField != "" && x.Client.TLS != nil {
		x.add(p.TLSField, text(p.TLSValue))
	}
	if p.RequestID != "" {
		at := len(x.scratch)
		x.scratch = appendUUID(x.scratch)
		x.ID = x.scratch[at:]
		x.add(p.RequestID, x.ID)
	}
}

// target sets what depends on the target: the path, the Host, the prefix.
func (p *Policy) target(x *Exchange, t *route.Target, path, query string) {
	x.Fields = x.Fields[:x.fields]
	x.SendURI = append(t.AppendPath(x.SendURI[:0], path), '?')
	x.SendURI = append(x.SendURI, t.Query()...)
	if query != "" {
		if t.Query() != "" {
			x.SendURI = append(x.SendURI, '&')
		}
		x.SendURI = append(x.SendURI, query...)
	} else if t.Query() == "" && !bytes.HasSuffix(x.URI, []byte("?")) {
		x.SendURI = x.SendURI[:len(x.SendURI)-1]
	}
	if x.SendHost = x.Host; t.Host() != "" {
		x.SendHost = text(t.Host())
	}
	if t.Strip() != "" {
		x.add("X-Forwarded-Prefix", text(t.Strip()))
	}
}

// response edits the answer's fields.
func (p *Policy) response(x *Exchange, fields []Field) []Field {
	if t := x.Target; t != nil && t.AnswerEdits() != nil {
		fields = edited(fields[:0], fields, t.AnswerEdits())
	}
	fields = x.setCookies(fields)
	if p.HSTS == "" || x.Client.TLS == nil {
		return fields
	}
	kept := fields[:0]
	for _, f := range fields {
		if !f.Is("strict-transport-security") {
			kept = append(kept, f)
		}
	}
	return append(kept, Field{text("Strict-Transport-Security"), text(p.HSTS)})
}

// appendUUID appends a random UUID (RFC 9562 section 5.4).
func appendUUID(b []byte) []byte {
	var u [16]byte
	rand.Read(u[:])
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	for i, part := range [...][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
