package fabio

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Receiver is where an Exporter sends to: a StatsD, a Graphite or Lines.
type Receiver interface {
	fmt.Stringer
	send(n *Names, values []value) error
}

// Exporter sends what an Observer counts, and deletes what is gone.
type Exporter struct {
	Observer  *Observer
	Receivers []Receiver
	Interval  time.Duration // of sending, and of looking for what is gone
	Log       *slog.Logger
}

// Run works until ctx ends; it then returns nil. Each receiver has a loop of
// its own, so that one which hangs stops no other.
func (e *Exporter) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	for _, to := range e.Receivers {
		r := &reader{families: e.Observer.families}
		loops.Go(func() { e.every(ctx, func() { e.send(to, r) }) })
	}
	var gone map[place]bool
	e.every(ctx, func() { gone = e.Observer.sweep(gone) })
	loops.Wait()
	return nil
}

func (e *Exporter) every(ctx context.Context, do func()) {
	tick := time.NewTicker(e.Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// send sends what came since it was sent last. What could not be sent is lost.
func (e *Exporter) send(to Receiver, r *reader) {
	values, err := r.read()
	if err == nil {
		err = to.send(e.Observer.config.Names, values)
	}
	if err != nil {
		e.Log.Warn("metrics were not sent", "to", to, "error", err)
	}
}
