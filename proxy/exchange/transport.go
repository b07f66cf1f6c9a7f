package exchange

import (
	"errors"
	"fmt"

	"weir/route"
)

// Transport sends exchanges to targets in one protocol.
type Transport interface {
	// RoundTrip makes one attempt: it gets a connection to t, sends
	// x.Method, x.SendURI, x.SendHost, x.Fields and the body, and hands the
	// answer to x.Interim, x.Head, x.Write, x.Flush, x.End or x.Upgrade (it then
	// also copies both ways until both ends are done). It takes off the answer
	// what belongs to the connection (the same fields as named at Request).
	//
	// A connection that was idle in the pool and turns out dead before a byte
	// of the answer came is replaced inside RoundTrip when the request may be
	// repeated (Repeatable). An error is an *AttemptError.
	RoundTrip(x *Exchange, t *route.Target) error
}

// Failure says at what point an attempt failed.
type Failure int

// Failures, in the order of a request's life.
const (
	ConnectFailed   Failure = iota // nothing was sent: another target may be tried
	SendFailed                     // some was sent, no byte came back: another may be tried where Repeatable
	ResponseTimeout                // no head within the response header timeout
	BadResponse                    // the answer broke the protocol or a limit
	ResponseCut                    // the answer ended early, after its head
	ClientGone                     // the client's side failed, not the target's
)

// AttemptError is why an attempt failed.
type AttemptError struct {
	Kind   Failure
	Target string // address
	Err    error
}

func (e *AttemptError) Error() string {
	return fmt.Sprintf("target %s: %v: %v", e.Target, e.Kind, e.Err)
}

func (e *AttemptError) Unwrap() error { return e.Err }

func (k Failure) String() string {
	return [...]string{"connect failed", "send failed", "no answer in time", "bad answer", "answer cut short", "client gone"}[k]
}

// Refusal is an error of a Body whose client broke the protocol or a limit but is
// still there to be told.
type Refusal interface {
	error
	// Refusal returns the status and the text to answer with. The answer must
	// be the last one on an HTTP/1 connection.
	Refusal() (status int, text string)
}

// ErrInFlight says that a target has as many requests in flight as it may.
var ErrInFlight = errors.New("in-flight limit of the target reached")

// Repeatable reports whether the request may be sent a second time when it is
// unknown whether the first was acted on: idempotent (RFC 9110 section 9.2.2)
// and without a body.
func (x *Exchange) Repeatable() bool {
	if x.Length != 0 || x.Upgrade {
		return false
	}
	switch string(x.Method) {
	case "GET", "HEAD", "OPTIONS", "PUT", "DELETE":
		return true
	}
	return false
}
