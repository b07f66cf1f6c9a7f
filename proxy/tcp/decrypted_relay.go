//go:build linux

package tcp

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
)

// relay copies both ways until both have ended.
func (d *Decrypted) relay() {
	ended := make(chan struct{})
	go func() {
		d.copy(d.client, d.target, &d.out)
		close(ended)
	}()
	d.copy(d.target, d.client, &d.in)
	<-ended
}

// copy passes on what from sends, and its end. When one side breaks, both
// directions end.
func (d *Decrypted) copy(to, from twoWay, bytes *atomic.Int64) {
	buf := d.poller.buffer()
	defer d.poller.give(buf)
	for {
		n, err := from.Read(buf[:])
		if n > 0 {
			if from == d.target && bytes.Load() == 0 {
				d.session.Answered(buf[0])
			}
			if _, werr := to.Write(buf[:n]); werr != nil {
				d.broke(to, werr)
				return
			}
			bytes.Add(int64(n))
		}
		switch {
		case err == io.EOF:
			d.finish(to, from)
			return
		case err != nil:
			d.broke(from, err)
			return
		}
	}
}

// finish passes the end of input on. Who takes no more may still have something
// to say.
func (d *Decrypted) finish(to, from twoWay) {
	d.mu.Lock()
	if !d.ended {
		d.ended, d.session.TargetEnded = true, from == d.target
	}
	d.mu.Unlock()
	to.CloseWrite()
}

// broke ends the connection because one side broke.
func (d *Decrypted) broke(side twoWay, err error) {
	kind := exchange.ClientGone
	if side == d.target {
		kind = exchange.ResponseCut
	}
	d.cut(&exchange.AttemptError{Kind: kind, Target: d.session.Target, Err: err}, true)
}

// abort closes a connection so that the peer sees that it broke.
func abort(c net.Conn) {
	for {
		under, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = under.NetConn()
	}
	if c, ok := c.(interface{ SetLinger(int) error }); ok {
		c.SetLinger(0)
	}
	c.Close()
}

// Drain lets the connection go on: it is not known when one is idle.
func (d *Decrypted) Drain() {}

// Close cuts the connection.
func (d *Decrypted) Close() error {
	d.cut(errCut, true)
	return nil
}

// Tick ends the connection when nothing has moved for the idle time.
func (d *Decrypted) Tick(now time.Time) {
	if moved := d.in.Load() + d.out.Load(); moved != d.moved || d.still.IsZero() {
		d.moved, d.still = moved, now
	} else if idle := d.engine.Idle; idle > 0 && now.Sub(d.still) >= idle {
		d.cut(errIdle, true)
	}
}

// Look tells l of the session, and ends it when l says so.
func (d *Decrypted) Look(l *exchange.Look) {
	d.mu.Lock()
	chosen := d.chosen
	d.mu.Unlock()
	if chosen != nil && l.Bound(chosen, d.session.Start) == exchange.Ends {
		d.cut(exchange.ErrDrained, true)
	}
}
