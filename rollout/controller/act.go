package controller

import (
	"context"
	"time"

	"weir/rollout"
	"weir/route"
)

// callTime bounds a call of Nomad.
const callTime = 10 * time.Second

// act does what follows from a transition that was written, or asks for it: no
// answer is waited for.
func (l *leader) act(ctx context.Context, w *work, actions []rollout.Action) {
	s := w.state
	for _, a := range actions {
		switch a := a.(type) {
		case rollout.AskGate:
			l.askGate(ctx, w, gate{s.ID, a.Step, a.Gate.Name}, a.Gate)
		case rollout.PromoteDeployment:
			l.call(ctx, s.Scope, func(ctx context.Context, n Nomad) error { return n.Promote(ctx, a.Nomad) })
		case rollout.FailDeployment:
			l.call(ctx, s.Scope, func(ctx context.Context, n Nomad) error { return n.Fail(ctx, a.Nomad) })
		case rollout.RevertJob:
			l.call(ctx, s.Scope, func(ctx context.Context, n Nomad) error { return n.Revert(ctx, a.Stable, a.Candidate) })
		}
	}
}

// call makes a call of Nomad, one at a time for each scope.
func (l *leader) call(ctx context.Context, s route.Scope, do func(context.Context, Nomad) error) {
	if l.conf.Nomad == nil {
		return
	}
	l.tasks.start(ctx, nomadTask(s), func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		return do(ctx, l.conf.Nomad)
	})
}

func nomadTask(s route.Scope) string { return "nomad " + s.String() }
