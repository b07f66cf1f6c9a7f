package event

import "time"

// Fault is why an attempt on a target gave no whole answer.
type Fault string

const (
	NoFault     Fault = ""            // the target answered
	Unreachable Fault = "connect"     // no connection
	Reset       Fault = "reset"       // the connection or the answer was cut
	Late        Fault = "timeout"     // no answer in time
	Nowhere     Fault = "no instance" // the variant that was drawn has nobody
)

// HTTP is what is known of a request when its answer has ended. It belongs to
// the variant that was drawn, also when another one answered in the end: a
// request that the candidate failed and stable saved is the candidate's.
type HTTP struct {
	Fault  Fault
	Status int           // of the target's answer, 0 when it sent none
	Code   int           // grpc-status, as Code reads it; NoCode when this was no gRPC call
	Took   time.Duration // from the request's head to the end of the answer
}

// Quantiles are durations of stable, frozen when the rollout begins, so that
// both arms are held to the same ones. Zero means not known: nothing is slow.
type Quantiles struct{ P50, P90, P99 time.Duration }

// HTTPRules says which answers are bad.
type HTTPRules struct {
	Bad  func(status int) bool // nil means 500 to 599
	Slow Quantiles
}

// Classify finds the events of a request. It allocates nothing.
func (r HTTPRules) Classify(x HTTP) Set {
	set := x.Fault.set()
	switch {
	case r.bad(x.Status):
		set = set.With(HTTPStatus)
	case x.Status >= 400 && x.Status <= 499:
		set = set.With(ClientError)
	}
	if isBadCode(x.Code) {
		set = set.With(GRPCStatus)
	}
	if x.Fault == NoFault {
		set |= r.Slow.set(x.Took)
	}
	return set
}

func (r HTTPRules) bad(status int) bool {
	if r.Bad != nil {
		return status != 0 && r.Bad(status)
	}
	return status >= 500 && status <= 599
}

func (f Fault) set() (set Set) {
	switch f {
	case Unreachable:
		set = set.With(ConnectFail)
	case Reset:
		set = set.With(UpstreamReset)
	case Late:
		set = set.With(Timeout)
	case Nowhere:
		set = set.With(NoInstance)
	}
	return set
}

func (q Quantiles) set(took time.Duration) (set Set) {
	if over(took, q.P50) {
		set = set.With(SlowP50)
	}
	if over(took, q.P90) {
		set = set.With(SlowP90)
	}
	if over(took, q.P99) {
		set = set.With(SlowP99)
	}
	return set
}

// over reports whether took is above a limit that is known.
func over(took, limit time.Duration) bool { return limit > 0 && took > limit }
