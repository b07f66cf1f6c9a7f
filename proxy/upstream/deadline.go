package upstream

import (
	"context"
	"net/netip"
	"time"
)

// before returns ctx with an end not later than t, to dial addr with. Where addr
// needs no name lookup and ctx cannot be cancelled this costs no timer and no
// goroutine of its own: the network poller alone keeps the time.
func before(ctx context.Context, addr string, t time.Time) (context.Context, context.CancelFunc) {
	_, err := netip.ParseAddrPort(addr)
	if err != nil || ctx.Done() != nil {
		return context.WithDeadline(ctx, t)
	}
	if earlier, ok := ctx.Deadline(); ok && earlier.Before(t) {
		t = earlier
	}
	return deadline{ctx, t, make(chan struct{})}, func() {}
}

// deadline is a context that only says until when. net.Dialer looks at Deadline
// only where Done is not nil.
type deadline struct {
	context.Context
	t    time.Time
	done chan struct{}
}

func (d deadline) Deadline() (time.Time, bool) { return d.t, true }
func (d deadline) Done() <-chan struct{}       { return d.done }

// AfterFunc spares package context the goroutine that would wait for Done.
func (d deadline) AfterFunc(func()) (stop func() bool) {
	return func() bool { return true }
}
