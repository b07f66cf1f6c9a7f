package rollout

import (
	"fmt"
	"strings"

	"weir/rollout/policy"
)

// acked reports whether enough proxies have all that was decided.
func (r *run) acked() bool { return !r.isRouted() && r.hadAcked() }

// hadAcked reports whether enough proxies have the generation that was written
// last.
func (r *run) hadAcked() bool {
	if !r.Policy.Controls() {
		return true // there is nothing to apply
	}
	return len(r.in.Proxies) > 0 && len(r.behind()) <= r.tolerated()
}

// tolerated is how many proxies may lack the generation.
func (r *run) tolerated() int {
	if r.Policy.Guards.Ack == policy.AckQuorum {
		return (len(r.in.Proxies) - 1) / 2
	}
	return 0
}

// behind names the proxies that lack the generation.
func (r *run) behind() (names []string) {
	for _, p := range r.in.Proxies {
		if p.Generation < r.before.Generation {
			names = append(names, p.Name)
		}
	}
	return names
}

// awaitAcks notes who has what, and holds the rollout when that takes too long.
func (r *run) awaitAcks() {
	r.Live.Acks = make(map[string]uint64, len(r.in.Proxies))
	for _, p := range r.in.Proxies {
		r.Live.Acks[p.Name] = p.Generation
	}
	message := "no proxy is known to be alive"
	if names := r.behind(); len(names) > 0 {
		message = fmt.Sprintf("generation %d is missing on %s", r.before.Generation, strings.Join(names, ", "))
	}
	r.hold(ByAcks, r.isActive() && r.Live.Clock.Unacked >= r.Policy.Guards.AckTimeout.Of(), message)
}
