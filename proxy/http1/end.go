package http1

import (
	"syscall"
	"time"

	"weir/proxy/nonblock"
)

// How much and how long is read from a client that sends on after its last answer.
const (
	lingerBytes = 512 << 10
	lingerTime  = 2 * time.Second
)

// end ends the connection after an answer. Bytes that come to a connection which
// was closed reset it, and the client may then never see the answer: so it is
// the client who closes first (RFC 9112 section 9.6).
func (c *Conn) end() { c.ended, c.linger = true, true }

// discard closes our side and reads until the client closes its own.
func (c *Conn) discard() {
	half, ok := c.conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.work == nil {
		return
	}
	c.conn.SetReadDeadline(time.Now().Add(lingerTime))
	for n := 0; n < lingerBytes; {
		m, err := c.conn.Read(c.work.in)
		if err != nil {
			return
		}
		n += m
	}
}

// trySend writes what can be written at once, where the poller's file
// descriptor is at hand; it spares the way through package net.
func (c *Conn) trySend(p []byte) (n int, err error) {
	for c.fd >= 0 && n < len(p) {
		m, err := nonblock.Write(c.fd, p[n:])
		n += m
		switch err {
		case nil:
		case syscall.EAGAIN:
			return n, nil
		default:
			return n, err
		}
	}
	return n, nil
}
