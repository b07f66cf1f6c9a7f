package rollout

import (
	"slices"
	"time"

	"weir/rollout/detect"
)

// past finds a version among those that were stable or a candidate.
func (s *State) past(key string) int {
	return slices.IndexFunc(s.Past, func(p Past) bool { return p.Key == key })
}

// maxRemembered is of how many past versions the instances are remembered.
const maxRemembered = 3

// retire puts a version with the past ones.
func (r *run) retire(v Version, why Phase) {
	if v.Key == "" {
		return
	}
	r.forget(v.Key)
	r.Past = append(r.Past, Past{Version: v, Why: why})
	for i := range len(r.Past) - maxRemembered {
		r.Past[i].Instances = nil
	}
	for len(r.Past) > max(1, r.Policy.RevisionHistory) {
		at := max(0, slices.IndexFunc(r.Past, func(p Past) bool { return p.Gone }))
		r.forget(r.Past[at].Key)
	}
}

// forget takes a version out of the past.
func (r *run) forget(key string) {
	r.Past = slices.DeleteFunc(r.Past, func(p Past) bool { return p.Key == key })
	delete(r.Live.Away, key)
}

// passPast notes how long a past version has had no instance.
func (r *run) passPast(p *Past, e time.Duration) {
	if p.Gone || r.group(p.Key).All > 0 {
		delete(r.Live.Away, p.Key)
		return
	}
	if r.Live.Away == nil {
		r.Live.Away = map[string]time.Duration{}
	}
	if r.Live.Away[p.Key] += e; r.Live.Away[p.Key] >= r.Policy.Deadlines.Progress.Of() {
		p.Gone, p.Instances = true, nil
		r.change(KindSeen, p.Key, "", Gone, "no instance is left")
	}
}

// isNew reports whether a version starts a rollout by being there.
func (r *run) isNew(g detect.Group) bool {
	if g.Key == r.Stable.Key || g.Key == r.Candidate.Key {
		return false
	}
	at := r.past(g.Key)
	return at < 0 || r.Past[at].Gone || r.isDeployedAgain(g, r.Past[at].Version)
}

// isDeployedAgain reports whether Nomad says that a past version is wanted now:
// its job version came after stable's, and after its own of that time.
func (r *run) isDeployedAgain(g detect.Group, before Version) bool {
	return g.Nomad != nil && g.Nomad.JobVersion > before.jobVersion() && g.Nomad.JobVersion > r.Stable.jobVersion()
}
