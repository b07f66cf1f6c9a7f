package http1

import (
	"time"

	"weir/proxy/exchange"
)

// prepare makes the request that was read ready to be served.
func (c *Conn) prepare() error {
	w := c.work
	h, x, b := &w.head, &w.x, &w.body
	x.Reset()
	w.reply.reset(c, h)
	x.Proto, x.Method, x.URI, x.Host = h.proto, h.method, h.target, h.host
	x.Fields = h.fields
	b.reset(c)
	switch {
	case h.encodings > 0:
		b.framed, x.Length = true, -1
	default:
		b.left, x.Length = h.length, h.length
	}
	if x.Length == 0 {
		x.Upgrade = h.asksForSocket()
		w.reply.whole = true
		return nil
	}
	x.Body = b
	b.waits = h.expect
	here, err := b.here()
	w.reply.whole = here
	return err
}

// whole reports whether nothing of the request needs to be waited for.
func (c *Conn) whole() bool {
	return c.work.reply.whole && !c.work.x.Upgrade
}

// exchange serves one request.
func (c *Conn) exchange() {
	w := c.work
	c.phase.start(phaseExchange)
	c.served++
	whole := c.engine.Handler.Serve(&w.x)
	c.phase.start(phaseIdle)
	c.finishLeaving()
	switch {
	case !whole:
		c.ended = true
	case w.reply.closing || c.closed.Load():
		c.end()
	}
	if !c.ended {
		c.next()
	}
}

// next readies the connection for another request.
func (c *Conn) next() {
	w := c.work
	if w.x.Body != nil && !w.body.over.Load() {
		w.body.skip()
	}
	w.settle(w.in)
	w.head.reset(w.x.Fields)
}

// refuse answers a request that is not understood or not taken, and ends the
// connection.
func (c *Conn) refuse(r *refusal) {
	w := c.work
	h, x := &w.head, &w.x
	x.Reset() // of what the request before has left
	x.Proto, x.Method, x.URI, x.Host = h.proto, h.method, h.target, h.host
	x.Status, x.Err, x.Start = r.status, r, time.Now()
	w.reply.reset(c, h)
	w.reply.closing, w.reply.whole = true, true
	text := r.reason + "\n"
	fields := []exchange.Field{{Name: []byte("Content-Type"), Value: []byte("text/plain; charset=utf-8")}}
	w.reply.Head(r.status, fields, int64(len(text)), false)
	w.reply.Write([]byte(text))
	x.BytesOut = int64(len(text))
	w.reply.End(nil) // one that cannot be written has no reader
	c.end()
	if c.engine.Observer != nil {
		c.engine.Observer.Exchange(x)
	}
}
