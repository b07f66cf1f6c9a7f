package static_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"weir/registry"
	"weir/registry/static"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheTextIsSentOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, done := make(chan registry.Snapshot), make(chan error)
	go func() { done <- static.Source{Routes: "x", NoRouteHTML: "p"}.Run(ctx, out) }()
	s := <-out
	if len(s.Commands) != 1 || s.Commands[0].Text != "x" || s.NoRouteHTML != "p" || s.At.IsZero() || s.Err != nil {
		t.Errorf("it sent %+v", s)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
