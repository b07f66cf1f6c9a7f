package arms

import (
	"context"
	"errors"
	"os"
	"time"

	"weir/proxy/exchange"
	"weir/rollout/event"
	"weir/route"
)

// faultOf is why the drawn variant gave no whole answer. served is the target
// that was asked last, and err how that ended. What other variants did that had to
// help out is not the drawn one's.
func faultOf(d *exchange.Drawn, served string, err error) event.Fault {
	switch {
	case d.Target == nil || !isOwn(d, d.Target.Variant()):
		return event.Nowhere
	case d.Failed != nil:
		return fault(d.Failed)
	case isOwn(d, served):
		return fault(err)
	}
	return event.NoFault
}

// isOwn reports whether a variant is the arm that was drawn.
func isOwn(d *exchange.Drawn, variant string) bool {
	return (variant == d.Trial.Candidate) == d.Candidate
}

// fault is whose fault an error is: none where it is not the target's.
func fault(err error) event.Fault {
	if err == nil {
		return event.NoFault
	}
	var failed *exchange.AttemptError
	if !errors.As(err, &failed) {
		return event.NoFault
	}
	late := errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case failed.Kind == exchange.ClientGone:
		return event.NoFault
	case failed.Kind == exchange.ConnectFailed:
		return event.Unreachable
	case failed.Kind == exchange.ResponseTimeout || late:
		return event.Late
	}
	return event.Reset
}

// requestOf is what is known of an exchange.
func requestOf(x *exchange.Exchange) event.HTTP {
	d := &x.Drawn
	served := variantOf(x.Target)
	h := event.HTTP{Code: event.NoCode, Took: time.Since(x.Start), Fault: faultOf(d, served, x.Err)}
	switch {
	case x.Target == nil || !isOwn(d, served):
		return h // the answer is not the drawn variant's
	case x.FirstByte.IsZero():
		if x.Status == 504 && h.Fault == event.NoFault {
			h.Fault = event.Late // the whole exchange took longer than it may
		}
		return h
	}
	h.Status = x.Status
	if x.Upgrade {
		h.Took = x.FirstByte.Sub(x.Start) // a tunnel lasts as long as people talk
	}
	if d.GRPC && (x.Err == nil || h.Fault != event.NoFault) {
		h.Code = event.Code(d.Code)
	}
	return h
}

func variantOf(t *route.Target) string {
	if t == nil {
		return ""
	}
	return t.Variant()
}

// connectionOf is what is known of a session.
func connectionOf(s *exchange.Session) event.TCP {
	d := &s.Drawn
	c := event.TCP{Fault: faultOf(d, s.Variant, s.Err)}
	if !isOwn(d, s.Variant) {
		return c
	}
	if c.Fault == event.Reset && d.Failed == nil && !s.TargetEnded {
		c.Fault = event.NoFault // the client was gone by then
	}
	c.TLS, c.TargetEnded = s.ServerName != "", s.TargetEnded
	c.Connect, c.FirstByte, c.First = s.Connect, s.FirstByte, s.First
	c.Sent, c.Received, c.Lasted = s.BytesIn, s.BytesOut, time.Since(s.Start)
	return c
}
