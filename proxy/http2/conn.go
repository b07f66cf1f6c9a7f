package http2

import (
	"io"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// Conn is a client's connection.
type Conn struct {
	link
	server *Server
	client *exchange.Client

	// Under mu.
	lastID   uint32     // highest stream the client opened
	ready    []*request // to be started when all that came is read
	idle     int        // workers that wait for a request
	busy     int        // requests being served, those of ended streams too
	work     chan *request
	quiet    time.Time   // since when nothing runs
	draining *time.Timer // nil before Drain; ends the wait for a pong
	final    bool        // the last GOAWAY went out: lastID holds
}

var _ exchange.Conn = (*Conn)(nil)

// Serve runs the connection until it ends and closes it.
func (c *Conn) Serve() {
	c.greet(
		http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: MaxStreams},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: uint32(c.limits.HeaderBytes)},
		http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1},
	)
	err := c.preface()
	if err == nil {
		err = c.read()
	}
	c.bye(err, c.lastID)
	if c.draining != nil { // set under mu before err, which bye has set
		c.draining.Stop()
	}
	close(c.work)
	c.helpers.Wait()
}

// preface reads the client's preface (RFC 9113 section 3.4).
func (c *Conn) preface() error {
	var got [len(Preface)]byte
	if _, err := io.ReadFull(&c.rd, got[:]); err != nil {
		return err
	}
	if string(got[:]) != Preface {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return nil
}

// Close cuts the connection.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(errEnded)
	return nil
}

func (c *Conn) begun(id uint32) bool { return id%2 == 1 && (id <= c.lastID || c.final) }

// goneAway needs no answer: a client that goes away opens no streams, and the
// connection is idle when the last is done.
func (c *Conn) goneAway(uint32) {}

// opened takes the header block of a new request, or one that comes late.
func (c *Conn) opened(b *block) error {
	switch {
	case b.id%2 == 0:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case b.id <= c.lastID:
		return c.lateHeaders(b.id)
	case c.final || c.err != nil: // the GOAWAY tells the client that this one is not served
		return nil
	}
	c.lastID = b.id
	if len(c.streams) >= MaxStreams || c.busy >= 2*MaxStreams {
		return http2.StreamError{StreamID: b.id, Code: http2.ErrCodeRefusedStream}
	}
	r := c.server.request()
	r.start(&c.link, r, b.id)
	r.begin(c, b)
	return r.accept()
}

// lateHeaders judges a block on a stream that has ended (RFC 9113 section 5.1),
// or that was passed over.
func (c *Conn) lateHeaders(id uint32) error {
	switch {
	case c.cutOff.has(id):
		return nil
	case c.ended.has(id):
		return http2.ConnectionError(http2.ErrCodeStreamClosed)
	}
	return http2.ConnectionError(http2.ErrCodeProtocol)
}

// settled starts what has come. Not earlier, so that a request whose
// cancellation was in the same packet never starts.
func (c *Conn) settled() {
	for i, r := range c.ready {
		c.ready[i] = nil
		if r.err != nil {
			c.server.requests.Put(r)
			continue
		}
		r.running = true
		c.busy++
		if c.idle > 0 {
			c.idle--
			c.work <- r
		} else {
			c.helpers.Go(func() { c.worker(r) })
		}
	}
	c.ready = c.ready[:0]
}

// worker serves r and then what comes from work.
func (c *Conn) worker(r *request) {
	for ; r != nil; r = <-c.work {
		whole := c.server.Handler.Serve(&r.x)
		c.mu.Lock()
		c.served(r, whole)
		c.idle++
		c.mu.Unlock()
	}
}

// served ends what is left of the stream after the handler.
func (c *Conn) served(r *request, whole bool) {
	c.busy--
	r.running = false
	if !r.upgraded {
		code := http2.ErrCodeNo
		if !whole || !r.sendEnd {
			code = http2.ErrCodeInternal
		}
		c.leave(r, code)
		c.server.requests.Put(r)
	}
	c.quiet = c.now
	c.endIfDrained()
}

// leave closes the stream if it is still open. A body that is still being sent
// is not wanted any more (RFC 9113 section 8.1).
func (c *Conn) leave(r *request, code http2.ErrCode) {
	c.reset(&r.stream, code, errEnded)
	r.abandon()
	c.kick()
}
