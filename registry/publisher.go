package registry

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"weir/intent"
	"weir/route"
)

// pace is between two tables. The first change after a pause is published at
// once; those that follow it are published together.
const pace = 50 * time.Millisecond

// Intents is the part of an intent.Store that a Publisher needs.
type Intents interface {
	Watch(ctx context.Context, each func([]intent.Entry, []route.Problem, error)) error
}

// Config is what a Publisher works with.
type Config struct {
	Sources []Source // their commands are evaluated in this order
	Intents Intents  // nil: none
	// Rollouts say which instances are of which variant, and add intents; nil:
	// none.
	Rollouts Rollouts
	Live     *route.Live
	Options  route.Options
	Log      *slog.Logger
	// LogTable is what is logged of a new table: "detail" all routes with their
	// shares, "all" the whole table as commands, else the lines that came and went.
	LogTable string

	// File keeps what was published last for the next start; empty: none. It is
	// used for what cannot be read within Timeout of a start; 0: never.
	File    string
	Timeout time.Duration
}

// Publisher turns what the sources and the intents say into route tables. It is
// the only writer of its route.Live.
type Publisher struct {
	conf  Config
	ready chan struct{}
	view  atomic.Pointer[view]

	applied atomic.Pointer[applied]
	made    atomic.Pointer[route.Input] // of the current table; never changed
}

// NewPublisher makes a publisher that has published nothing yet.
func NewPublisher(c Config) *Publisher {
	p := &Publisher{conf: c, ready: make(chan struct{})}
	p.applied.Store(&applied{next: make(chan struct{})})
	p.view.Store(&view{status: newInputs(c.Sources, c.Intents != nil, nil).status()})
	return p
}

// Ready is closed after the first complete table: every source and the intents
// were read, now or in the run before. No table is published until then.
func (p *Publisher) Ready() <-chan struct{} { return p.ready }

// Run watches the sources and publishes until ctx ends, and returns the cause
// of that. It must be called once.
func (p *Publisher) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	w := newWork(p)
	events := make(chan event)
	for i, source := range p.conf.Sources {
		out := make(chan Snapshot)
		wg.Go(func() { source.Run(ctx, out) })
		wg.Go(func() { forward(ctx, i, out, events) })
	}
	if p.conf.Intents != nil {
		wg.Go(func() { p.conf.Intents.Watch(ctx, w.intentsTo(ctx, events)) })
	}
	if p.conf.Rollouts != nil {
		wg.Go(func() { watch(ctx, p.conf.Rollouts, events) })
	}
	if p.conf.File != "" {
		wg.Go(func() { keep(ctx, p.conf.File, w.saves, p.conf.Log) })
	}
	defer close(w.saves)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			w.save(time.Now())
			return context.Cause(ctx)
		case e := <-events:
			w.take(e)
		case <-timer.C:
		}
		timer.Reset(time.Until(w.act(time.Now())))
	}
}

// event changes the inputs.
type event func(*inputs)

// forward turns the snapshots of the source number i into events.
func forward(ctx context.Context, i int, out <-chan Snapshot, events chan<- event) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-out:
			send(ctx, events, func(in *inputs) { in.sources[i].hear(s, s.At, s.Err) })
		}
	}
}

func send(ctx context.Context, events chan<- event, e event) {
	select {
	case <-ctx.Done():
	case events <- e:
	}
}
