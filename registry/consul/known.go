package consul

import (
	"fmt"
	"reflect"
	"time"

	"weir/registry"
	"weir/route"
)

// known is what the queries of a source have brought so far.
type known struct {
	instances []route.Instance
	commands  []route.Commands
	page      string
	parts     []*part // of the three above, those that are watched

	sent registry.Snapshot // last
}

// part says how it stands with one query.
type part struct {
	at  time.Time // of the last good answer; zero: none yet
	err error     // of the last answer
}

func (k *known) part() *part {
	p := new(part)
	k.parts = append(k.parts, p)
	return p
}

// snapshot returns what to send, if it is news: nothing before all parts are
// there or one of them has failed.
func (k *known) snapshot(now time.Time) (s registry.Snapshot, news bool) {
	complete := true
	s.At = now
	for _, p := range k.parts {
		complete = complete && !p.at.IsZero()
		switch {
		case s.Err == nil:
			s.Err = p.err
		case p.err != nil:
			s.Err = fmt.Errorf("%w; %w", s.Err, p.err) // one line, as all that shows it wants
		}
		if p.err != nil && p.at.Before(s.At) {
			s.At = p.at
		}
	}
	if complete {
		s.Instances, s.Commands, s.NoRouteHTML = k.instances, k.commands, k.page
	} else {
		s.At = time.Time{}
	}
	news = s.Err != nil || complete && !same(s, k.sent)
	if news {
		k.sent = s
	}
	return s, news
}

// same reports whether b, which was sent, says what a says. At moves with every
// answer and does not count.
func same(a, b registry.Snapshot) bool {
	if b.At.IsZero() || b.Err != nil {
		return false
	}
	b.At = a.At
	return reflect.DeepEqual(a, b)
}
