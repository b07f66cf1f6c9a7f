package exchange

import "weir/route"

// Tracer follows exchanges, for a system that draws how requests went through
// many servers.
type Tracer interface {
	// Begin is called before x is looked at. It may take fields of x away that are
	// its own. Nil: x is not followed.
	Begin(x *Exchange) Trace
}

// Trace follows one exchange. It must not keep it.
type Trace interface {
	// Attempt is called before x is sent to t; it may add to x.Fields.
	Attempt(x *Exchange, t *route.Target)
	// Attempted is called when that has ended; err says how it failed.
	Attempted(x *Exchange, err error)
	// End is called when the exchange has ended.
	End(x *Exchange)
}

// roundTrip makes one attempt, seen by the trace if there is one.
func (x *Exchange) roundTrip(by Transport, t *route.Target) error {
	if x.trace == nil {
		return by.RoundTrip(x, t)
	}
	x.trace.Attempt(x, t)
	err := by.RoundTrip(x, t)
	x.trace.Attempted(x, err)
	return err
}
