package inproc_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"weir/registry"
	"weir/registry/inproc"
	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsSetIsSent(t *testing.T) {
	s := inproc.New()
	ctx, cancel := context.WithCancel(t.Context())
	out, done := make(chan registry.Snapshot), make(chan error)
	go func() { done <- s.Run(ctx, out) }()
	if first := <-out; len(first.Instances) != 0 || first.At.IsZero() || first.Err != nil {
		t.Errorf("it sent %+v first, want a complete snapshot of nothing", first)
	}
	s.Set([]route.Instance{{ID: "1"}})
	if got := <-out; len(got.Instances) != 1 {
		t.Errorf("it sent %+v", got)
	}
	for range 3 {
		s.Set([]route.Instance{{ID: "1"}, {ID: "2"}})
	}
	for got := range out { // one that was on its way may come first
		if len(got.Instances) == 2 {
			break
		}
	}
	cancel()
	for {
		select {
		case <-out:
			continue
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		return
	}
}
