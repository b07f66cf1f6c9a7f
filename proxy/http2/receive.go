package http2

import (
	"io"

	"weir/proxy/exchange"
)

// receive hands the answer to the client's side as it comes.
func (c *call) receive(x *exchange.Exchange) error {
	for {
		r, err := c.next()
		if err != nil {
			return err
		}
		if r.status >= 200 {
			break
		}
		if err := x.Interim(r.status, r.fields); err != nil {
			return clientError{err}
		}
	}
	r := &c.final
	if c.upgrade {
		if r.status < 300 {
			return c.connect(x)
		}
		c.finish(nil)
	}
	length := r.length
	if length < 0 && c.over() {
		length = 0
	}
	if err := x.Head(r.status, r.fields, length, c.bodyless()); err != nil {
		return clientError{err}
	}
	return c.body(x)
}

// next waits for a head. The interim ones come first.
func (c *call) next() (response, error) {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	for {
		switch {
		case len(c.interims) > 0:
			r := c.interims[0]
			c.interims = c.interims[1:]
			return r, nil
		case c.final.status != 0:
			return c.final, nil
		case c.err != nil:
			return response{}, c.err
		}
		c.wait(&c.cond)
	}
}

// over reports whether the answer is complete and without a body.
func (c *call) over() bool {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return c.recvEnd && c.got == 0
}

func (c *call) body(x *exchange.Exchange) error {
	for taken := 0; ; {
		b, err := c.take(taken)
		taken = len(b)
		switch {
		case err == io.EOF:
			return ofClient(x.End(c.trailer.fields))
		case err != nil:
			return err
		case len(b) > 0:
			if _, err := x.Write(b); err != nil {
				return clientError{err}
			}
		default:
			if err := x.Flush(); err != nil {
				return clientError{err}
			}
			c.block()
		}
	}
}
