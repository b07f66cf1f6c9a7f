package http2

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// maxInterims bounds the 1xx heads that wait for the client to take them.
const maxInterims = 16

var (
	errNoConnect = errors.New("the target offers no WebSocket over HTTP/2 (RFC 8441)")
	errLeft      = errors.New("the client has left")
)

// call is a stream that we opened on a session: one attempt to get an answer.
type call struct {
	stream
	session *session
	silence time.Duration // for how long the target may be silent; 0 leaves it to the transport
	reused  bool          // the session has served before
	headGen uint64        // the head is in the link's pending buffer as long as link.gen is this
	sent    sent
	pumps   bool // the body is sent by a goroutine of its own
	pumping sync.WaitGroup

	// Under mu.
	interims []response
	final    response
	upgrade  bool // a tunnel was asked for
	tunnel   bool // and is open
	headOnly bool // the method is HEAD
}

// response is the head of an answer.
type response struct {
	head
	status int   // 0 before it came
	length int64 // content-length; -1 when there is none
}

// enter sends the request's head; mu is held.
func (c *call) enter(x *exchange.Exchange, secure bool, addr string) {
	c.pumps, c.tunnel = false, false
	c.interims = c.interims[:0]
	c.final.head.reset()
	c.final.status = 0
	c.upgrade, c.headOnly = x.Upgrade, string(x.Method) == "HEAD"
	c.link.enc.begin()
	c.encode(x, secure, addr)
	c.sendEnd = x.Length == 0 && !x.Upgrade
	c.headGen = c.link.gen
	c.link.sendHead(&c.stream, c.sendEnd)
}

func (c *call) encode(x *exchange.Exchange, secure bool, addr string) {
	e := c.link.enc
	if x.Upgrade {
		e.constant(":method", "CONNECT")
		e.constant(":protocol", "websocket")
	} else {
		e.field(text(":method"), x.Method)
	}
	scheme := "http"
	if secure {
		scheme = "https"
	}
	e.constant(":scheme", scheme)
	if len(x.SendHost) > 0 {
		e.field(text(":authority"), x.SendHost)
	} else {
		e.constant(":authority", addr)
	}
	e.field(text(":path"), x.SendURI)
	for _, f := range x.Fields {
		if !x.Upgrade || !f.Is("sec-websocket-key") {
			e.field(e.lowered(f.Name), f.Value)
		}
	}
	if x.Length > 0 {
		e.length(x.Length)
	}
}

// headers takes an interim head, the final one, or trailers.
func (c *call) headers(b *block) error {
	if b.malformed || b.tooLarge {
		return c.wrong()
	}
	if c.final.status != 0 {
		return c.trailers(b)
	}
	r := response{head: b.head}
	if !r.parse() {
		return c.wrong()
	}
	if r.status < 200 {
		return c.interim(b, r)
	}
	bodyless := c.headOnly || r.status == 204 || r.status == 304
	if b.end && r.length > 0 && !bodyless {
		return c.wrong()
	}
	b.head, c.final = c.final.head, r
	c.want = r.length
	if bodyless {
		c.want = 0
	}
	c.headed, c.session.used = true, true
	if b.end {
		c.ends()
	}
	c.cond.Broadcast()
	return nil
}

func (c *call) interim(b *block, r response) error {
	if r.status == 101 || b.end || len(c.interims) == maxInterims {
		return c.wrong()
	}
	c.interims = append(c.interims, r)
	b.head = head{}
	c.cond.Broadcast()
	return nil
}

func (c *call) trailers(b *block) error {
	if !b.end || b.pseudo > 0 || c.want >= 0 && c.got != c.want {
		return c.wrong()
	}
	b.fields = slices.DeleteFunc(withoutConnection(b.fields), func(f exchange.Field) bool { return unfitTrailer(f.Name) })
	c.trailer, b.head = b.head, c.trailer
	c.ends()
	return nil
}

// bodyless reports whether the answer has no body whatever its length says.
func (c *call) bodyless() bool {
	return c.headOnly || c.final.status == 204 || c.final.status == 304
}

func (c *call) wrong() error {
	return http2.StreamError{StreamID: c.id, Code: http2.ErrCodeProtocol}
}

// complete needs nothing: who reads is woken for all.
func (c *call) complete() {}

// parse reads status and length and leaves the fields that are passed on.
func (r *response) parse() bool {
	if r.pseudo != 1 || string(r.fields[0].Name) != ":status" || len(r.fields[0].Value) != 3 {
		return false
	}
	status := number(r.fields[0].Value)
	if status < 100 {
		return false
	}
	r.status, r.length = int(status), -1
	kept := r.fields[:0]
	for _, f := range r.fields[1:] {
		if string(f.Name) != "content-length" {
			kept = append(kept, f)
			continue
		}
		n := number(f.Value)
		if n < 0 || r.length >= 0 && r.length != n {
			return false
		}
		r.length = n
	}
	r.fields = withoutConnection(kept)
	return true
}

// withoutConnection takes off what has no place in HTTP/2 and yet is sent by
// some: it goes no further.
func withoutConnection(fields []exchange.Field) []exchange.Field {
	kept := fields[:0]
	for _, f := range fields {
		if !connectionField(f.Name) {
			kept = append(kept, exchange.Field{Name: f.Name, Value: trimmed(f.Value)})
		}
	}
	return kept
}

// tick resets a call whose target takes too long.
func (c *call) tick(now time.Time) {
	limits := &c.link.limits
	switch {
	case c.final.status == 0 && past(now, c.moved, cmp.Or(c.silence, c.session.group.transport.Response)):
		c.link.reset(&c.stream, http2.ErrCodeCancel, errNoHead)
	case c.tunnel && c.stalled(now, limits.Tunnel),
		c.final.status != 0 && !c.tunnel && c.stalled(now, cmp.Or(c.silence, limits.Body)):
		c.link.reset(&c.stream, http2.ErrCodeCancel, errSlow)
	}
}

// Interrupt cancels the call because the client has left.
func (c *call) Interrupt() { c.cancel(errLeft) }

func (c *call) cancel(why error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	c.link.reset(&c.stream, http2.ErrCodeCancel, why)
	c.link.kick()
}
