package controller

import (
	"context"
	"maps"
	"sync"

	"weir/rollout"
	"weir/rollout/policy"
)

// gate is one question: a gate of a step of a rollout.
type gate struct {
	rollout string // State.ID
	step    int
	name    string
}

// gates are the answers that gates have given.
type gates struct {
	mu   sync.Mutex
	said map[gate]rollout.Said
}

// askGate asks a gate, unless that is under way.
func (l *leader) askGate(ctx context.Context, w *work, g gate, p policy.Gate) {
	if l.conf.Gates == nil {
		return
	}
	s := w.state
	l.tasks.start(ctx, "gate "+g.name+" of "+s.Scope.String()+" "+g.rollout, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, p.Timeout.Of())
		defer cancel()
		said, err := l.conf.Gates.Ask(ctx, s, p)
		if err == nil {
			w.gates.set(g, said)
		}
		return err
	})
}

func (g *gates) set(question gate, said rollout.Said) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.said[question] = said
}

// of are the answers in the step that a state is in, by name. Those of other
// steps are forgotten: a step that comes again asks again.
func (g *gates) of(s *rollout.State) map[string]rollout.Said {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.DeleteFunc(g.said, func(q gate, _ rollout.Said) bool { return q.rollout != s.ID || q.step != s.Step })
	now := map[string]rollout.Said{}
	for q, said := range g.said {
		now[q.name] = said
	}
	return now
}
