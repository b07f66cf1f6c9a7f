package exchange

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"weir/route"
)

// Chooser picks targets for all engines.
type Chooser struct {
	Live   *route.Live
	Sticky *Sticky // of routes with such cookies; nil: none is read or set
	// Wait is for how long another target is looked for after the first one
	// refused. Zero means 2 s; negative means that every target is asked once.
	Wait time.Duration

	seq   sync.Map // route key to *atomic.Uint64: positions outlive tables
	loads loads
}

// ErrNoTarget says that a route has no target that is up and has a share.
var ErrNoTarget = errors.New("no instance of this route is up")

// pick picks a target on rt for somebody who has drawn a ticket.
func (c *Chooser) pick(rt *route.Route, s *Tries, by Seeker) *route.Target {
	d := route.Draw{Variant: s.ticket.Variant, Pinned: s.ticket.Pinned, Target: rand.Uint64()}
	needs := rt.Needs()
	if needs == 0 {
		return rt.Pick(d, s.tried...)
	}
	if needs&route.NeedsStuck != 0 && c.Sticky != nil {
		d.Stuck = by.stuck(c.Sticky, rt.Sticky())
	}
	if needs&route.NeedsSeq != 0 {
		d.Seq = c.next(rt.Key())
	}
	if needs&route.NeedsLoads != 0 {
		return c.count(rt, d, s, by)
	}
	return rt.Pick(d, s.tried...)
}

func (c *Chooser) next(key string) uint64 {
	n, ok := c.seq.Load(key)
	if !ok {
		n, _ = c.seq.LoadOrStore(key, new(atomic.Uint64))
	}
	return n.(*atomic.Uint64).Add(1) - 1
}

// Tries is the search for a target that takes one request or connection. The
// zero value is ready. A target that refused is not asked again before all
// others were, and the caller looks its route up anew for every try.
type Tries struct {
	Last   error // of the latest refused try
	ticket route.Ticket
	drawn  *Drawn
	tried  []string
	since  time.Time // the first target refused
	pause  time.Duration

	counted string // address of the target at which this is counted; empty: none
}

// Next picks a target that has not refused yet. A nil target without an error
// says that all have: Wait, look the route up again, and call Next again. What
// was drawn the first time counts for all tries: a client whose target refused
// stays with its variant, as long as that has another. Who is done with the target
// calls Leave.
func (s *Tries) Next(c *Chooser, rt *route.Route, by Seeker) (*route.Target, error) {
	if s.Last != nil {
		return c.pick(rt, s, by), nil
	}
	s.ticket, s.drawn = draw(rt, by), by.drawn()
	t := c.pick(rt, s, by)
	if t == nil {
		return nil, ErrNoTarget
	}
	if s.drawn.Trial != nil {
		s.drawn.Target = t
	}
	return t, nil
}

// Failed notes that t refused.
func (s *Tries) Failed(t *route.Target, err error) {
	if s.since.IsZero() {
		s.since = time.Now()
	}
	s.tried = append(s.tried, t.Addr())
	s.Last = err
	s.drawn.refused(t, err)
}

// Wait pauses before the targets that refused are asked again. It reports
// false when the time for that is over or done ended.
func (s *Tries) Wait(c *Chooser, done <-chan struct{}) bool {
	pause, more := s.Pause(c)
	if !more {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-done:
		return false
	}
}

// Pause is Wait for a caller that waits by itself: it says for how long.
func (s *Tries) Pause(c *Chooser) (pause time.Duration, more bool) {
	if s.Left(c) <= 0 {
		return 0, false
	}
	s.pause = min(max(2*s.pause, 10*time.Millisecond), 100*time.Millisecond)
	s.tried = s.tried[:0]
	return s.pause, true
}

// Left is for how long another target is still looked for; all of Chooser.Wait
// before the first one refused.
func (s *Tries) Left(c *Chooser) time.Duration {
	if s.since.IsZero() {
		return c.wait()
	}
	return c.wait() - time.Since(s.since)
}

// Over reports whether the time for other targets has passed.
func (s *Tries) Over(c *Chooser) bool { return s.Last != nil && c.Wait >= 0 && s.Left(c) <= 0 }

// ConnectTime bounds one connect so that another target can be tried: half of the
// time that is left for all tries, at least a tenth of a second. Zero is no bound.
func (s *Tries) ConnectTime(c *Chooser) time.Duration {
	if c.Wait < 0 {
		return 0
	}
	return max(s.Left(c)/2, 100*time.Millisecond)
}

func (c *Chooser) wait() time.Duration {
	if c.Wait == 0 {
		return 2 * time.Second
	}
	return c.Wait
}
