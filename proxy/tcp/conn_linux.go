package tcp

import (
	"net/netip"
	"sync"
	"time"

	"weir/proxy/exchange"
	"weir/route"
	"weir/tlssni"
)

// stage is where in its life a connection is.
type stage uint8

const (
	stageHeader stage = iota // a PROXY header may come
	stageHello               // the ClientHello is not whole
	stagePick                // a target is to be chosen
	stageWait                // all targets refused: waits before asking again
	stageOpen                // a target was chosen, no byte came back from it
	stageRelay               // bytes go both ways
	stageHanded              // Engine.Terminate took the client over
	stageOver
)

// Conn is a client connection and, from a point on, the one to its target. It is
// run by whoever has news of it, under its lock: the loop, a timer, the server.
type Conn struct {
	search
	poller *Poller
	loop   *loop
	owner  Owner

	mu       sync.Mutex
	stage    stage
	reported bool
	refused  string // what was missing or bad at the beginning: "proxy header" or "hello"
	client   side
	target   side
	chosen   *route.Target

	scan tlssni.Scanner
	// held is what the client sent so far, from the first byte on, as long as
	// it may have to be sent to another target; the first sent bytes went to
	// the current one.
	held      []byte
	sent      int
	connected bool // the target took the connection
	broken    bool // one side broke off: the other is to see a reset

	local   netip.AddrPort // where the client connected to, as a PROXY header has it
	to      netip.AddrPort // the chosen target's address
	head    []byte         // what goes to the target before the client's bytes: a PROXY header
	headed  int            // how much of it has gone
	in, out flow           // from the client, to the client

	alarm  *time.Timer // ends a pause or a connect
	cancel func()      // ends a name lookup
	alarms int         // of both so far: tells a late one from the current

	moved int64     // bytes by the last Tick
	still time.Time // since when no more moved

	handed exchange.Conn
}

// Conn makes the connection of an accepted socket, which it closes in the end.
func (e *Engine) Conn(s Socket) *Conn {
	c := &Conn{poller: e.Poller, loop: e.Poller.loop()}
	c.search = search{engine: e, remote: s.Remote}
	c.session.Listener, c.session.Client, c.session.Start = e.Listener, s.Remote.Addr(), time.Now()
	c.session.Port, c.session.Timed = s.Remote.Port(), e.Timed
	c.client = side{c, sock{fd: s.fd, readable: true, writable: true}}
	c.target = side{c, sock{fd: -1}}
	c.in = flow{from: &c.client, to: &c.target}
	c.out = flow{from: &c.target, to: &c.client}
	if c.stage = e.first(); e.Proxy != nil {
		c.stage = stageHeader
	}
	return c
}

// first is the stage that a connection begins in, behind its PROXY header.
func (e *Engine) first() stage {
	if e.Port != "" {
		return stagePick
	}
	return stageHello
}

// Remote is the client's address.
func (c *Conn) Remote() netip.AddrPort { return c.remote }

// Serve runs the connection until it ends and closes it.
func (c *Conn) Serve() {
	w := make(waiter)
	c.Start(w)
	<-w
}

// Owner is who counts a connection.
type Owner interface {
	// Known is told whose connection it is where a PROXY header can tell that, once
	// none can come any more. It says why the connection is refused, if it is.
	Known(client netip.Addr) (refused string)
	// Ended is called when the connection has ended.
	Ended()
}

// waiter is closed at the end.
type waiter chan struct{}

func (w waiter) Known(netip.Addr) string { return "" }
func (w waiter) Ended()                  { close(w) }

// Start is Serve without a goroutine that waits: it returns at once, and o is told
// when the connection has ended.
func (c *Conn) Start(o Owner) {
	c.mu.Lock()
	c.owner = o
	c.run()
	c.unlock()
}

// event runs the connection after news of one of its sides.
func (c *Conn) event(s *side, events uint32) {
	c.mu.Lock()
	s.note(events)
	c.run()
	c.unlock()
}

// run goes on as far as it can without waiting.
func (c *Conn) run() {
	for again := true; again; {
		switch c.stage {
		case stageHeader:
			again = c.readHeader()
		case stageHello:
			again = c.readHello()
		case stagePick:
			again = c.choose()
		case stageOpen:
			again = c.open()
		case stageRelay:
			again = c.relay()
		default:
			again = false
		}
	}
	if c.stage < stageHanded {
		if err := c.client.arm(); err != nil {
			c.end(err)
		} else if err := c.target.arm(); err != nil {
			c.end(err)
		}
	}
}

// unlock leaves the lock, and tells that the connection is over if it is.
func (c *Conn) unlock() {
	last := c.stage == stageOver && !c.reported && c.owner != nil
	c.reported = c.reported || last
	c.mu.Unlock()
	if !last {
		return
	}
	c.tries.Leave(c.engine.Chooser)
	switch {
	case c.handed != nil:
	case c.refused != "":
		c.engine.Observer.Refused(c.engine.Listener, c.refused)
	default:
		c.session.BytesIn, c.session.BytesOut = c.in.bytes, c.out.bytes
		c.engine.Observer.Session(&c.session)
	}
	c.owner.Ended()
}

// end closes both sides. err says why, where they did not just end.
func (c *Conn) end(err error) {
	if c.stage == stageOver {
		return
	}
	c.stage = stageOver
	c.session.Err = err
	c.in.bytes = max(c.in.bytes, int64(c.sent))
	c.stopAlarm()
	c.in.drop(c.poller)
	c.out.drop(c.poller)
	c.release()
	c.client.close(c.broken)
	c.target.close(c.broken)
}

// refuse ends a connection that did not begin as it must.
func (c *Conn) refuse(what string) {
	c.refused = what
	c.end(nil)
}
