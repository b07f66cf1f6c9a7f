package route

import (
	"net/netip"
	"slices"
)

// Trial is the rollout that a scope is in, for those who draw for its clients
// and count what became of them. Build hands it on to the routes that follow an
// intent for the scope. It does not change: the same pointer is the same trial.
type Trial struct {
	Generation uint64 // of the rollout's state
	Rollout    string // its ID
	Candidate  string // the variant on trial
	Splitter   Splitter
	Mirror     *Mirror // nil: nothing is copied
}

// Mirror says of which requests the candidate gets a copy.
type Mirror struct {
	Share   float64 // of them all, 0 to 1
	Methods []string
}

// Splitter draws for clients. It is safe for concurrent use. dice gives random
// numbers for what a client cannot be known by.
type Splitter interface {
	Request(r Request, dice func() uint64) Ticket
	Connection(client netip.Addr, dice func() uint64) Ticket
}

// Request is what a Splitter may look at.
type Request interface {
	// Header is the value of the nth field, from 0, with a name in lower case;
	// nil when there is none.
	Header(lower string, n int) []byte
	// Client is the address of the client, as far as those in front of weir
	// are to be believed.
	Client() netip.Addr
	// Connection is a number of the client's connection, uniform over all.
	Connection() uint64
}

// Ticket is what a client has drawn.
type Ticket struct {
	Variant uint64 // for Draw
	Pinned  string // for Draw
	Client  uint32 // the client's mark, which does not depend on Variant
	Counts  bool   // the weight decides; if not, nothing is to be concluded from what happens
	Cookie  string // value of a Set-Cookie field to answer with; empty for none
}

// Trial is the rollout that r takes part in, and the candidate's share of the
// draws, whether or not it has an instance; nil when there is none.
func (r *Route) Trial() (*Trial, Weight) { return r.trial, r.onTrial }

// Candidate reports whether a draw is the candidate's of the trial, who ever
// serves it.
func (r *Route) Candidate(variant uint64) bool {
	return r.onTrial > 0 && variant <= r.lastTried
}

// Copy picks the candidate's target that is to get a copy of a request with this
// method which t gets. Nil for none: no mirror is on, luck is against it, t is
// the candidate's already, or it has nobody that is up.
func (r *Route) Copy(t *Target, method string, luck Draw) *Target {
	if r.trial == nil || r.trial.Mirror == nil || t.variant == r.trial.Candidate {
		return nil
	}
	if m := r.trial.Mirror; fraction(luck.Variant) >= m.Share || !slices.Contains(m.Methods, method) {
		return nil
	}
	luck.Pinned = r.trial.Candidate
	return r.pin(&luck, nil)
}

// first is 1 for the candidate of a trial, which gets the low end of the draws,
// and 0 for others.
func (t *Trial) first(variant string) int { return btoi(t != nil && t.Candidate == variant) }

// join makes r take part in a trial.
func (r *Route) join(t *Trial, lots []lot) {
	r.trial = t
	for _, l := range lots {
		if l.Name == t.Candidate {
			r.onTrial = Weight(l.asked*float64(Full) + 0.5)
			r.lastTried = lastDraw(float64(r.onTrial) / float64(Full))
		}
		if len(l.up) > 0 {
			r.pins = append(r.pins, l.up)
		}
	}
}

// pin picks for a client that gets one variant whatever it draws, in equal parts;
// nil when that has nobody left.
func (r *Route) pin(d *Draw, tried []string) *Target {
	for _, up := range r.pins {
		if up[0].variant != d.Pinned {
			continue
		}
		at := r.pinAt(d, len(up))
		for i := range up {
			if t := up[(at+i)%len(up)]; !slices.Contains(tried, t.dest.addr) {
				return t
			}
		}
	}
	return nil
}
