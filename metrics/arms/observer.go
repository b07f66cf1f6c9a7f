package arms

import (
	"weir/proxy/exchange"
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

// runOf is the run that a unit was drawn for by weight; nil when there is none.
// attempts is how many targets were asked: with none although there was one, weir
// itself has answered.
func runOf(d *exchange.Drawn, attempts int) *run {
	if !d.Counts || attempts == 0 && d.Target != nil {
		return nil
	}
	r, _ := d.Trial.Splitter.(*run)
	return r
}

func countRequest(x *exchange.Exchange) {
	r := runOf(&x.Drawn, x.Attempts)
	if r == nil {
		return
	}
	h := requestOf(x)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended(&x.Drawn, x.Start, x.Route, r.requests.classify(h, x.Drawn.Candidate))
}

func countSession(s *exchange.Session) {
	r := runOf(&s.Drawn, s.Attempts)
	if r == nil {
		return
	}
	c := connectionOf(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended(&s.Drawn, s.Start, s.Route, r.sessions.classify(c, s.Drawn.Candidate))
}
