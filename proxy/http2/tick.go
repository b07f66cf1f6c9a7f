package http2

import (
	"errors"
	"time"

	"golang.org/x/net/http2"
)

const (
	quietTime = 30 * time.Second // without a frame, while streams are open, until we ping
	pongTime  = 10 * time.Second // until a peer that does not answer is dead
	drainTime = time.Second      // until a drain goes on without its pong
	calmTime  = 2 * time.Second  // without a request, until the workers go
)

var (
	errSlow = errors.New("a time limit has passed")
	errDead = errors.New("the peer does not answer pings")
)

// tick tells the time and applies the limits of both ends.
func (l *link) tick(now time.Time) {
	l.now = now
	l.budget.tick()
	switch {
	case l.flushing && past(now, l.flushSince, l.limits.Body):
		l.fail(errSlow)
	case !l.pinged.IsZero() && past(now, l.pinged, pongTime):
		l.fail(errDead)
	case len(l.streams) > 0 && past(now, l.heard, quietTime):
		l.ping()
	}
}

// past reports whether more than limit, if there is one, has passed since then.
func past(now, then time.Time, limit time.Duration) bool {
	return limit > 0 && now.Sub(then) > limit
}

// Tick ends what has taken too long.
func (c *Conn) Tick(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.tick(now)
	switch {
	case c.heard.IsZero() && past(now, c.born, c.limits.Header),
		!c.blockSince.IsZero() && past(now, c.blockSince, c.limits.Header):
		c.fail(errSlow)
	case !c.final && c.isIdle() && past(now, c.quiet, c.limits.Idle):
		c.lastWord()
	}
	for _, s := range c.streams {
		c.tickRequest(s.host.(*request), now)
	}
	if c.isIdle() && past(now, c.quiet, calmTime) {
		c.retire()
	}
	c.kick()
}

func (c *Conn) isIdle() bool { return len(c.streams) == 0 && c.busy == 0 }

// tickRequest resets a stream whose client has let us wait too long.
func (c *Conn) tickRequest(r *request, now time.Time) {
	late := !r.queued && past(now, r.opened, c.limits.Header)
	if r.upgraded {
		late = r.stalled(now, c.limits.Tunnel)
	} else {
		late = late || r.stalled(now, c.limits.Body) || past(now, r.opened, c.limits.Request)
	}
	switch {
	case late:
		c.reset(&r.stream, http2.ErrCodeCancel, errSlow)
	case r.running && !r.upgraded:
		r.x.Overdue(now)
	}
}

// retire ends the workers, so that an idle connection holds no stacks.
func (c *Conn) retire() {
	for ; c.idle > 0; c.idle-- {
		c.work <- nil
	}
}

// Drain lets open requests finish and then ends the connection. The client is
// told twice (RFC 9113 section 6.8): first that the end is near, and, when a
// ping has come back and with it all that the client sent before it knew, which
// requests are served.
func (c *Conn) Drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.draining != nil || c.err != nil {
		return
	}
	c.draining = time.AfterFunc(drainTime, c.drained)
	c.fr.WriteGoAway(maxWindow, http2.ErrCodeNo, nil)
	c.ping()
	c.kick()
}

// drained goes on without a pong. The ticks of a server that stops may be over.
func (c *Conn) drained() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.final && c.err == nil {
		c.lastWord()
	}
}

// ponged ends the time in which a draining connection takes requests. A new one
// gets the whole drainTime: clients take it ill when a connection ends before
// they have used it.
func (c *Conn) ponged() {
	if c.draining != nil && !c.final && c.lastID > 0 {
		c.lastWord()
	}
}

func (c *Conn) lastWord() {
	c.final = true
	c.fr.WriteGoAway(c.lastID, http2.ErrCodeNo, nil)
	c.kick()
	c.endIfDrained()
}

func (c *Conn) endIfDrained() {
	if c.final && c.isIdle() && len(c.ready) == 0 {
		c.stop()
	}
}
