package http1

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"weir/proxy/exchange"
)

// Conn is a client connection. Its goroutine is the one that runs Serve; Drain,
// Tick and Close may be called from others.
type Conn struct {
	engine *Engine
	client *exchange.Client
	conn   net.Conn
	tcp    *net.TCPConn    // conn where it is plain, else nil
	raw    syscall.RawConn // of tcp

	// Of the goroutine that runs Serve, and of the one it waits for.
	work    *work                 // nil while idle
	early   []byte                // read by others, not yet looked at
	step    func(fd uintptr) bool // c.serveStep, made once
	busy    sync.WaitGroup        // the goroutine that serves, while there is one
	fd      int                   // of tcp inside serveStep, else -1
	served  int                   // requests
	settled int                   // requests when the connection was last idle for a tick
	ended   bool                  // nothing more is read or answered
	linger  bool                  // the client may still send; it must not lose the answer by that

	phase    phase         // of the connection as a whole
	reading  phase         // waits of its body's reader
	writing  phase         // and of whoever writes to the client
	expired  atomic.Uint64 // the phase whose limit has passed
	draining atomic.Bool
	closed   atomic.Bool

	leaveMu sync.Mutex
	leaving atomic.Bool // leave may be using work; guarded by leaveMu and phase
}

// Serve answers requests until the connection ends, and closes it.
func (c *Conn) Serve() {
	defer c.conn.Close()
	if c.tcp == nil {
		c.serveBlocking()
	} else {
		c.serveTCP()
	}
	if c.linger && !c.closed.Load() {
		c.discard()
	}
	if c.work != nil {
		c.release()
	}
}

// Drain ends the connection after the running request, at once when it is idle.
func (c *Conn) Drain() {
	c.draining.Store(true)
	c.wake()
}

// Close cuts the connection. It does not wait for Serve to return.
func (c *Conn) Close() error {
	c.closed.Store(true)
	c.wake()
	c.leave((*exchange.Exchange).Leave)
	tcp := c.below()
	// Not Close, which waits for the goroutine that reads.
	return errors.Join(tcp.CloseRead(), tcp.CloseWrite())
}

// below is the TCP connection under TLS, or the plain one.
func (c *Conn) below() *net.TCPConn {
	conn := c.conn
	for {
		above, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return conn.(*net.TCPConn)
		}
		conn = above.NetConn()
	}
}

// wake makes a read that waits, or else the next one, return.
func (c *Conn) wake() { c.conn.SetReadDeadline(time.Unix(1, 0)) }

// woken reports whether err only says that wake was called, and readies the
// connection for the next read. The caller then looks for the reason.
func (c *Conn) woken(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || c.closed.Load() {
		return false
	}
	c.conn.SetReadDeadline(time.Time{})
	return true
}

// leave tells the running exchange, if there is one, that its client is gone, or
// that its time is over. It announces itself first: the owner looks for that
// after it has ended the phase, and so pays no lock for exchanges that nobody
// leaves.
func (c *Conn) leave(tell func(*exchange.Exchange)) {
	c.leaveMu.Lock()
	defer c.leaveMu.Unlock()
	c.leaving.Store(true)
	defer c.leaving.Store(false)
	if c.phase.is(phaseExchange) || c.phase.is(phaseTunnel) {
		tell(&c.work.x)
	}
}

// finishLeaving waits for a leave that has seen the exchange which just ended.
func (c *Conn) finishLeaving() {
	if c.leaving.Load() {
		c.leaveMu.Lock()
		defer c.leaveMu.Unlock()
	}
}

// release gives the buffers back.
func (c *Conn) release() {
	w := c.work
	c.work = nil
	c.engine.works.Put(w)
}

// acquire takes buffers, with what was read early in them.
func (c *Conn) acquire() {
	w := c.engine.work()
	w.buf, w.base, w.r, w.w = w.in, 0, 0, 0
	if len(c.early) > 0 {
		if len(c.early) > len(w.buf) {
			w.buf = make([]byte, len(c.early))
		}
		w.w = copy(w.buf, c.early)
		c.early = nil
	}
	w.head.reset(w.x.Fields)
	w.x.Client = c.client
	w.x.Reply = &w.reply
	w.body.c, w.reply.c = c, c
	c.work = w
}
