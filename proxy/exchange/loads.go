package exchange

import (
	"sync"

	"weir/route"
)

// loads counts what is under way at targets, for routes that balance by that.
type loads struct {
	mu   sync.Mutex
	open map[string]int // by address; none is 0
}

// Open implements route.Loads; mu is held.
func (l *loads) Open(t *route.Target) int { return l.open[t.Addr()] }

// count picks and counts what was picked, so that no two picks see the same.
func (c *Chooser) count(rt *route.Route, d route.Draw, s *Tries, by Seeker) *route.Target {
	if rt.Strategy() == route.Hash {
		d.Hash = by.known(rt.HashKey())
	}
	l := &c.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leave(s)
	d.Loads = l
	t := rt.Pick(d, s.tried...)
	if t != nil && t.Addr() != "" {
		if l.open == nil {
			l.open = map[string]int{}
		}
		s.counted = t.Addr()
		l.open[s.counted]++
	}
	return t
}

// leave takes s off the target at which it is counted; mu is held.
func (l *loads) leave(s *Tries) {
	if s.counted == "" {
		return
	}
	if l.open[s.counted]--; l.open[s.counted] <= 0 {
		delete(l.open, s.counted)
	}
	s.counted = ""
}

// Leave notes that nothing is under way any more at the target that Next returned
// last.
func (s *Tries) Leave(c *Chooser) {
	if s.counted == "" {
		return
	}
	c.loads.mu.Lock()
	defer c.loads.mu.Unlock()
	c.loads.leave(s)
}

func (x *Exchange) known(by route.HashKey) uint64 { return by.Of(asked{x}) }
func (s *Session) known(route.HashKey) uint64     { return route.HashAddr(s.Client) }
