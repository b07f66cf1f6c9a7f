package arms

import (
	"time"

	"weir/proxy/exchange"
	"weir/rollout/policy"
	"weir/route"
)

// Copies is what became of the copies of requests that this proxy has sent to a
// candidate. They are in no verdict: nobody has drawn them.
type Copies struct {
	Sent, Dropped uint64
	Failed        uint64        // of those sent, without a whole answer
	Answers       [6]uint64     // of those sent, by the first digit of the status
	Half, Most    time.Duration // within which half, and 99 of 100, of the answers ended; 0 without any
}

// copies counts them.
type copies struct {
	Copies
	took histogram // in microseconds
}

// mirrorOf is what the table needs of a policy's mirror; nil for none.
func mirrorOf(m policy.Mirror) *route.Mirror {
	if m.Percent <= 0 {
		return nil
	}
	return &route.Mirror{Share: m.Percent / 100, Methods: m.Methods}
}

// Copied counts a copy for the rollout that asked for it.
func Copied(c *exchange.Copy) {
	r, ok := c.Trial.Splitter.(*run)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.copies == nil {
		r.copies = &copies{}
	}
	r.copies.count(c)
}

func (s *copies) count(c *exchange.Copy) {
	switch {
	case c.Dropped:
		s.Dropped++
		return
	case c.Err != nil || c.Status/100 >= len(s.Answers):
		s.Failed++
	default:
		s.Answers[c.Status/100]++
		s.took.add(c.Took.Microseconds())
	}
	s.Sent++
}

// Copies is what became of the copies that the rollout of a scope has asked for
// on this proxy; false when there was none.
func (a *Arms) Copies(s route.Scope) (Copies, bool) {
	a.mu.Lock()
	r := a.runs[s]
	a.mu.Unlock()
	if r == nil {
		return Copies{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.copies == nil {
		return Copies{}, false
	}
	all := r.copies.Copies
	if r.copies.took.n > 0 {
		all.Half = time.Duration(r.copies.took.atMost(50)) * time.Microsecond
		all.Most = time.Duration(r.copies.took.atMost(99)) * time.Microsecond
	}
	return all, true
}
