package arms

import (
	"weir/proxy/exchange"
	"weir/route"
)

// Observer counts arms besides what another observer does.
type Observer struct{ exchange.Observer }

// Exchange implements exchange.Observer.
func (o Observer) Exchange(x *exchange.Exchange) {
	o.Observer.Exchange(x)
	if x.Drawn.Trial != nil {
		countRequest(x)
	}
}

// Session implements exchange.Observer.
func (o Observer) Session(s *exchange.Session) {
	o.Observer.Session(s)
	if s.Drawn.Trial != nil {
		countSession(s)
	}
}

// runOf is the run that a unit was drawn for; nil for that of somebody else.
func runOf(t *route.Trial) *run {
	r, _ := t.Splitter.(*run)
	return r
}

// countRequest counts an exchange, unless weir answered it because the target's
// options say so.
func countRequest(x *exchange.Exchange) {
	d := &x.Drawn
	r := runOf(d.Trial)
	if r == nil || x.Attempts == 0 && d.Target != nil || !r.concludes(d, x.Start) {
		return
	}
	h := requestOf(x)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(d, r.requests.classify(h, d.Candidate))
}

// countSession counts a TCP connection, unless it was not for a target.
func countSession(s *exchange.Session) {
	d := &s.Drawn
	r := runOf(d.Trial)
	if r == nil || s.Attempts == 0 && d.Target != nil || !r.concludes(d, s.Start) {
		return
	}
	c := connectionOf(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(d, r.sessions.classify(c, d.Candidate))
}
