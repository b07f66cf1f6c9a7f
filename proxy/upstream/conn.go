package upstream

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrStale says that the target closed a pooled connection, or sent something
// unasked, before anything was written to it.
var ErrStale = errors.New("the target closed the idle connection")

// Conn is a connection to a target. From Pool.Idle or Pool.Dial until Pool.Put
// or Pool.Discard it belongs to one exchange.
type Conn struct {
	net.Conn
	Reused bool         // it was idle in the pool before
	TCP    *net.TCPConn // Conn itself where it is plain, else nil

	raw        syscall.RawConn // of the TCP connection below
	dry        *dryConn        // that connection, under TLS, else nil
	to         *target
	name       []byte // server name, where the client's choice
	prev, next *Conn
	idleSince  time.Time // set by the first tick that sees it idle
	reads      wait
	writes     wait
	step       func(fd uintptr) bool // c.turn, made once
	turnState
}

func newConn(conn net.Conn, to *target, name string) *Conn {
	c := &Conn{Conn: conn, to: to, name: []byte(name)}
	if t, ok := conn.(*tls.Conn); ok {
		c.dry = t.NetConn().(*dryConn)
		c.raw, _ = c.dry.SyscallConn() // fails only on a nil connection
	} else {
		c.TCP = conn.(*net.TCPConn)
		c.raw, _ = c.TCP.SyscallConn()
	}
	c.step = c.turn
	return c
}

// Limit bounds how long the exchange may wait from now on for what it reads; 0
// takes the limit off. When the time is over the wait fails with
// os.ErrDeadlineExceeded, up to a second late, and the connection is spoilt. It
// costs no timer and no syscall.
func (c *Conn) Limit(d time.Duration) { c.reads.start(d) }

// LimitWrite is Limit for what the exchange writes.
func (c *Conn) LimitWrite(d time.Duration) { c.writes.start(d) }

// Interrupt ends what the exchange waits for on the connection, now or later.
// The connection is not used again. Any goroutine may call it.
func (c *Conn) Interrupt() {
	c.reads.end()
	c.Conn.SetDeadline(time.Unix(1, 0))
}

// settle ends the limits and reports whether the connection is unspoilt.
func (c *Conn) settle() bool { return c.reads.start(0) && c.writes.start(0) }

func (c *Conn) tick(now time.Time) {
	if c.reads.over(now) || c.writes.over(now) {
		c.Conn.SetDeadline(time.Unix(1, 0))
	}
}

// wait is a limit on one wait of an exchange, looked at by ticks.
type wait struct {
	word  atomic.Uint64 // count of starts and the limit in ms; cut once interrupted
	seen  uint64        // of the ticking side: the word and when it was seen first
	since time.Time
}

const (
	cut       = ^uint64(0)
	limitBits = 40
	limitMask = 1<<limitBits - 1
)

// start replaces the limit; it reports false when the wait was cut.
func (w *wait) start(d time.Duration) bool {
	limit := uint64(min(d.Milliseconds(), limitMask-1))
	for {
		old := w.word.Load()
		switch {
		case old == cut:
			return false
		case limit == 0 && old&limitMask == 0:
			return true
		case w.word.CompareAndSwap(old, (old>>limitBits+1)<<limitBits|limit):
			return true
		}
	}
}

func (w *wait) end() { w.word.Store(cut) }

// over reports, once, that the limit has passed, and cuts the wait.
func (w *wait) over(now time.Time) bool {
	word := w.word.Load()
	if word != w.seen {
		w.seen, w.since = word, now
	}
	limit := time.Duration(word&limitMask) * time.Millisecond
	if word == cut || limit == 0 || now.Sub(w.since) < limit {
		return false
	}
	return w.word.CompareAndSwap(word, cut)
}
