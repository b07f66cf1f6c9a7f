package exchange

import (
	"bytes"
	"net/netip"
	"strings"
	"time"

	"weir/route"
)

// Interim passes a 1xx head of the target on.
func (x *Exchange) Interim(status int, fields []Field) error {
	return x.Reply.Interim(status, fields)
}

// Head passes the target's final head on, after the response policy. It fails
// where another target is to answer instead.
func (x *Exchange) Head(status int, fields []Field, length int64, bodyless bool) error {
	if x.retries > 0 && status >= 500 && x.again(status) {
		return dropped(status)
	}
	x.FirstByte = x.Start.Add(time.Since(x.Start)) // half as dear as time.Now
	x.Drawn.note(fields)
	if x.coder != nil {
		fields = x.code(status, fields, length, bodyless)
	}
	return x.head(status, fields, length, bodyless)
}

func (x *Exchange) head(status int, fields []Field, length int64, bodyless bool) error {
	x.Status, x.begun = status, true
	return x.Reply.Head(status, x.handler.Policy.response(x, fields), length, bodyless)
}

// Write passes body bytes on.
func (x *Exchange) Write(p []byte) (int, error) {
	n, err := x.Reply.Write(p)
	x.BytesOut += int64(n)
	return n, err
}

// Flush sends held back body bytes.
func (x *Exchange) Flush() error { return x.Reply.Flush() }

// End completes the answer.
func (x *Exchange) End(trailers []Field) error {
	x.Drawn.note(trailers)
	return x.Reply.End(trailers)
}

// Switch passes the target's consent to an upgrade on and returns the client's
// byte stream.
func (x *Exchange) Switch(fields []Field) (Stream, error) {
	x.FirstByte = time.Now()
	x.Status, x.begun = 101, true
	x.handler.upgraded.Add(1)
	return x.Reply.Upgrade(x.handler.Policy.response(x, fields))
}

// answer is weir's own answer to a request that it does not pass on.
func (x *Exchange) answer(status int, detail string) error { return x.problem(status, detail, nil) }

func (x *Exchange) own(status int, body []byte, fields []Field) error {
	bodyless := string(x.Method) == "HEAD"
	if err := x.head(status, fields, int64(len(body)), bodyless); err != nil {
		return err
	}
	if !bodyless && len(body) > 0 {
		if _, err := x.Write(body); err != nil {
			return err
		}
	}
	return x.End(nil)
}

// allowed checks the peer and every element of X-Forwarded-For: a list can
// only narrow what the peer itself may do.
func (h *Handler) allowed(x *Exchange, t *route.Target) bool {
	if !t.Allows(x.Client.Remote.Addr()) {
		return false
	}
	for rest := x.forwardedFor; len(rest) > 0; {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte(","))
		addr, err := netip.ParseAddr(strings.TrimSpace(string(one)))
		if err == nil && !t.Allows(addr.Unmap()) {
			return false
		}
	}
	return true
}

func (h *Handler) authorized(x *Exchange, name string) bool {
	scheme := h.Auth[name]
	return scheme != nil && scheme.Allow(x.field("authorization"))
}

// field returns the value of the first field of that lower-case name.
func (x *Exchange) field(name string) []byte {
	for _, f := range x.Fields {
		if f.Is(name) {
			return f.Value
		}
	}
	return nil
}
