package controller

import (
	"context"
	"crypto/rand"
	"maps"
	"reflect"
	"time"

	"weir/rollout"
	"weir/rollout/policy"
	"weir/route"
)

// liveEvery is how often State.Live is written when nothing else is. A leader
// that takes over lacks that much of the clocks.
const liveEvery = 10 * time.Second

// work is what the leader knows of one scope.
type work struct {
	state     rollout.State // with what is not written yet of Live
	index     uint64        // of its document
	written   rollout.Live  // as it is in the document
	wrote     time.Time     // when the document was written here last
	looked    time.Time     // when Next was asked last; zero: never here
	proof     *proof        // nil: not read yet
	gates     gates
	recording *recording // nil: none yet
	failed    string     // why the last step could not be made; empty: it was
}

// look is what one round sees of a scope.
type look struct {
	scope  route.Scope
	known  known
	policy *policy.Policy // in force
	fresh  bool           // the registry can be read
	census *census
}

// step lets one scope go on.
func (l *leader) step(ctx context.Context, k look) error {
	w := l.scopes[k.scope]
	if w == nil {
		w = &work{gates: gates{said: map[gate]rollout.Said{}}}
		l.scopes[k.scope] = w
	}
	if k.known.problem != "" {
		return nil // until somebody has acted
	}
	if err := l.adopt(ctx, w, k); err != nil {
		return err
	}
	if err := l.weighEvidence(ctx, w); err != nil {
		return err
	}
	now := time.Now()
	next, actions := rollout.Next(w.state, l.input(k, w, now))
	w.looked = now
	switch {
	case entryOf(actions) == nil && !w.isDue(next, now):
		w.state = next
	default:
		if written, err := l.write(ctx, w, next, actions); err != nil || !written {
			return err
		}
	}
	l.act(ctx, w, actions)
	return nil
}

// adopt takes over a state that somebody else has written.
func (l *leader) adopt(ctx context.Context, w *work, k look) (err error) {
	switch now := k.known.state; {
	case !k.known.exists() && w.state.Schema == 0:
		w.state, err = l.begin(ctx, k.scope)
	case w.state.Schema == 0 || now.Serial > w.state.Serial:
		w.take(now, k.known.index)
	}
	return err
}

func (w *work) take(s rollout.State, index uint64) {
	w.state, w.index, w.written = s, index, s.Live
}

// isDue reports whether it is time to write what has moved without a
// transition: now and then, and when another set of proxies lacks the generation,
// because people wait for that.
func (w *work) isDue(next rollout.State, now time.Time) bool {
	sameBehind := maps.EqualFunc(next.Live.Acks, w.written.Acks, func(a, b uint64) bool {
		return (a < next.Generation) == (b < next.Generation)
	})
	switch {
	case w.index == 0:
		return false
	case !sameBehind:
		return true
	}
	return now.Sub(w.wrote) >= liveEvery && (!reflect.DeepEqual(next.Live, w.written) || w.proof.isNew())
}

// input gathers what Next goes by.
func (l *leader) input(k look, w *work, now time.Time) rollout.Input {
	in := rollout.Input{
		At: now.UTC(), By: l.conf.Name, Leader: true, Policy: k.policy, Fresh: rand.Text(),
		Command: l.intended(k.scope, &w.state), Proxies: l.acks(k.scope),
		Groups: l.groups(k.scope), Verdict: w.judged(), Gates: w.gates.of(&w.state),
	}
	if !w.looked.IsZero() {
		in.Elapsed = now.Sub(w.looked)
	}
	nomad := l.nomadOf(&w.state, k.policy)
	if k.fresh {
		in.Seen = k.census.read(k.scope, w.state.Known(), nomad)
	}
	in.Deployment, in.Latest = l.deployments(nomad, &w.state)
	return in
}

// acks are the generations of all proxies that are alive.
func (l *leader) acks(s route.Scope) []rollout.Proxy {
	list := []rollout.Proxy{{Name: l.conf.Name, Generation: l.Publisher.Generation(s)}}
	for _, p := range l.proxies {
		if p.Name != l.conf.Name {
			list = append(list, rollout.Proxy{Name: p.Name, Generation: l.answers[p.Name].Scopes[s.String()].Generation})
		}
	}
	return list
}
