package arms

import (
	"slices"
	"time"

	"weir/rollout/event"
)

// What is slow is a quantile of stable on this proxy, frozen once enough of its
// units were seen, for both arms alike. How exact it is changes how much an event
// tells, and never whom it speaks against.
const enough = 500

func hasSlow(events []event.Event) bool {
	return slices.ContainsFunc(events, func(e event.Event) bool { return e.Facts().Kind == event.Slow })
}

// requestRules classify requests and learn what is slow.
type requestRules struct {
	event.HTTPRules
	learning *requestTimes // nil: nothing is to be learned, or all was
}

type requestTimes struct{ took histogram }

func (l *requestTimes) limit(percent int) time.Duration { return time.Duration(l.took.atMost(percent)) }

func (r *requestRules) classify(x event.HTTP, candidate bool) event.Set {
	met := r.Classify(x)
	if l := r.learning; l != nil && !candidate && x.Fault == event.NoFault && x.Status != 0 {
		if l.took.add(int64(x.Took)) == enough {
			r.Slow = event.Quantiles{P50: l.limit(50), P90: l.limit(90), P99: l.limit(99)}
			r.learning = nil
		}
	}
	return met
}

// sessionRules classify connections and learn what is unusual.
type sessionRules struct {
	event.TCPRules
	learning *sessionTimes // nil: nothing is to be learned, or all was
}

type sessionTimes struct{ connect, firstByte, lasted, received histogram }

func (r *sessionRules) classify(x event.TCP, candidate bool) event.Set {
	met := r.Classify(x)
	if l := r.learning; l != nil && !candidate && x.Fault == event.NoFault && x.Received > 0 {
		l.connect.add(int64(x.Connect))
		l.firstByte.add(int64(x.FirstByte))
		l.received.add(x.Received)
		if l.lasted.add(int64(x.Lasted)) == enough {
			r.TCPRules = event.TCPRules{
				ConnectSlow: time.Duration(l.connect.atMost(99)), FirstByteSlow: time.Duration(l.firstByte.atMost(99)),
				ShortTime: time.Duration(l.lasted.atLeast(5)), ShortBytes: l.received.atLeast(5),
			}
			r.learning = nil
		}
	}
	return met
}
