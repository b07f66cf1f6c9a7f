package registry

import (
	"context"
	"reflect"
	"time"

	"weir/intent"
	"weir/route"
)

// work is what the goroutine of Publisher.Run keeps between two events.
type work struct {
	p     *Publisher
	in    *inputs
	saves chan saved // for keep; it holds at most the newest

	start    time.Time
	recalled bool      // the file was read, or there is none to read
	dirty    bool      // something has changed since the last table
	earliest time.Time // for the next table
	expiry   time.Time // of the next intent; zero: none expires
	last     recipe    // of the current table
}

func newWork(p *Publisher) *work {
	return &work{
		p: p, in: newInputs(p.conf.Sources, p.conf.Intents != nil, p.conf.Rollouts),
		saves: make(chan saved, 1), start: time.Now(),
		recalled: p.conf.File == "" || p.conf.Timeout <= 0,
	}
}

// intentsTo returns what a watch of the intents must call.
func (w *work) intentsTo(ctx context.Context, events chan<- event) func([]intent.Entry, []route.Problem, error) {
	return func(entries []intent.Entry, problems []route.Problem, err error) {
		at := time.Now()
		if err != nil {
			at = time.Time{}
		}
		send(ctx, events, func(in *inputs) {
			in.wishes.hear(wishes{intentsOf(entries), problems, indicesOf(entries)}, at, err)
		})
	}
}

// take lets an event change the inputs and logs what became of the sources.
func (w *work) take(e event) {
	before := w.in.status()
	e(w.in)
	w.dirty = true
	for i, now := range w.in.status() {
		switch old := before[i]; {
		case old.Err == "" && now.Err != "":
			w.p.conf.Log.Warn("source cannot be read", "source", now.Name, "error", now.Err, "known", !now.At.IsZero())
		case old.Err != "" && now.Err == "":
			w.p.conf.Log.Info("source can be read again", "source", now.Name)
		}
	}
	w.show(func(*view) {})
}

// act does what is due at now and returns when it must be called again at the
// latest.
func (w *work) act(now time.Time) time.Time {
	if deadline := w.start.Add(w.p.conf.Timeout); !w.recalled && !now.Before(deadline) {
		w.recall(now)
	}
	if !w.expiry.IsZero() && !now.Before(w.expiry) {
		w.dirty, w.expiry = true, time.Time{}
	}
	if w.dirty && w.in.complete() && !now.Before(w.earliest) {
		w.publish(now)
	}
	return w.next(now)
}

// next is when there is something to do although nothing happens.
func (w *work) next(now time.Time) time.Time {
	next := now.Add(time.Hour)
	sooner := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	if !w.recalled {
		sooner(w.start.Add(w.p.conf.Timeout))
	}
	if !w.expiry.IsZero() {
		sooner(w.expiry)
	}
	if w.dirty && w.in.complete() {
		sooner(w.earliest)
	}
	return next
}

// recall fills in what this run has not heard of yet from the file of the run
// before.
func (w *work) recall(now time.Time) {
	w.recalled = true
	if w.in.complete() {
		return
	}
	file, log := w.p.conf.File, w.p.conf.Log
	s, err := load(file)
	if err != nil {
		log.Warn("no answer from every source, and nothing from the run before", "error", err)
		return
	}
	s.recall(w.in)
	w.dirty = true
	log.Warn("no answer from every source: using what the run before knew", "file", file, "complete", w.in.complete())
	w.show(func(*view) {})
}

// publish makes the table and lets everybody see it.
func (w *work) publish(now time.Time) {
	w.dirty, w.earliest, w.recalled = false, now.Add(pace), true
	made, expiry := w.in.merge(now, w.p.conf.Options)
	w.expiry = expiry
	old := w.p.view.Load()
	if old.ready && reflect.DeepEqual(made, w.last) {
		w.p.follow(w.in, &made)
		return
	}
	w.last = made
	start := time.Now()
	table, problems := route.Build(made.Input)
	took := time.Since(start)
	w.p.conf.Live.Store(table)
	w.p.made.Store(&made.Input)
	text := table.String()
	changed := !old.ready || text != old.text
	w.show(func(v *view) {
		v.ready, v.published, v.buildTime = true, now, took
		v.text, v.routes = text, len(table.Routes())
		v.problems = append(problems, made.unread...)
		if changed {
			v.generation++
		}
	})
	w.p.follow(w.in, &made)
	if !old.ready {
		close(w.p.ready)
	}
	if changed {
		logTable(w.p.conf, old.text, w.p.view.Load(), table)
	}
	w.save(now)
}

// show changes what readers see; what the inputs say of themselves always comes
// with it.
func (w *work) show(change func(*view)) {
	v := *w.p.view.Load()
	v.status, v.page = w.in.status(), w.in.page()
	v.instances, v.fresh = w.in.instances()
	change(&v)
	w.p.view.Store(&v)
}

// save hands what is known to keep, in place of what it has not taken yet.
func (w *work) save(now time.Time) {
	if w.p.conf.File == "" || !w.p.view.Load().ready {
		return
	}
	select {
	case <-w.saves:
	default:
	}
	w.saves <- savedOf(w.in, now)
}
