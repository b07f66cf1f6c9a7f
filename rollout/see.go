package rollout

import (
	"slices"
	"strings"

	"weir/rollout/detect"
	"weir/rollout/policy"
)

// group is the instances of a version, as they were seen last.
func (s *State) group(key string) detect.Group {
	if key == "" {
		return detect.Group{}
	}
	return s.Live.Seen.Find(key)
}

// isLost reports whether no instance of the candidate is up. In Preview they
// may not be up yet, but they are there.
func (s *State) isLost() bool {
	g := s.group(s.Candidate.Key)
	return g.All == 0 || g.Up == 0 && s.Stage != Preview
}

// see takes in what runs.
func (r *run) see() {
	r.hold(ByRegistry, r.isActive() && r.in.Seen == nil, "what runs is not known")
	if r.in.Seen == nil {
		return
	}
	r.rename()
	r.Live.Seen = slices.Clone(r.in.Seen)
	for i := range r.Live.Seen {
		r.Live.Seen[i].Instances, r.Live.Seen[i].Remember = nil, nil
	}
	if g, ok := r.in.Seen.First(); ok && r.Stable.Key == "" {
		r.Revision++
		r.forget(g.Key)
		r.Stable = newVersion(g, r.in.At)
		r.Stable.Revision = r.Revision
		r.change(KindStable, "", g.Key, Detected, "the first version that was seen")
	}
	r.update()
	r.Live.Emerging = r.Live.Emerging.Next(r.in.Seen, r.isNew, r.Policy.Detect.MinInstances, r.elapsed())
	candidate := r.group(r.Candidate.Key)
	r.Marked = r.isMoving() && (r.Marked || candidate.Marked > 0)
	lost := r.isMoving() && r.isLost()
	r.hold(ByCandidate, lost, "no instance of "+r.Candidate.Key+" is up")
	r.hold(ByStable, r.isMoving() && r.Stage != Promoting && r.group(r.Stable.Key).Up == 0, r.stableIsLost())
	if lost {
		r.Live.Clock.Step = 0
	}
}

// stableIsLost says what happens while no instance of stable is up.
func (r *run) stableIsLost() string {
	text := "no instance of " + r.Stable.Key + " is up"
	if r.Policy.Guards.StableLost == policy.FailClosed {
		text += ": its part of the clients is refused"
	}
	return text
}

// update takes over what is new about the versions. Of past ones only the
// instances count: their job version stays that of their time.
func (r *run) update() {
	var changed []string
	for _, v := range []*Version{&r.Stable, &r.Candidate} {
		if g := r.in.Seen.Find(v.Key); g.All > 0 && v.Key != "" && v.update(g) {
			changed = append(changed, v.Key)
		}
	}
	for i := max(0, len(r.Past)-maxRemembered); i < len(r.Past); i++ {
		if r.Past[i].remember(r.in.Seen.Find(r.Past[i].Key).Remember) {
			changed = append(changed, r.Past[i].Key)
		}
	}
	if len(changed) > 0 {
		r.change(KindSeen, "", strings.Join(changed, " "), "", "instances or job versions are others")
	}
}

// rename follows versions whose instances are the same and now tell another
// key: tags were added in place, or Nomad was asked for the first time.
func (r *run) rename() {
	for _, v := range []*Version{&r.Stable, &r.Candidate} {
		if v.Key == "" || r.in.Seen.Find(v.Key).All > 0 {
			continue
		}
		var same detect.Seen
		for _, g := range r.in.Seen {
			taken := g.Key == "" || g.Key == r.Stable.Key || g.Key == r.Candidate.Key || r.past(g.Key) >= 0
			if !taken && v.hasOneOf(g.Instances) {
				same = append(same, g)
			}
		}
		if g, ok := same.First(); ok {
			r.change(KindStable, v.Key, g.Key, Renamed, "the same instances tell another version")
			v.Key, v.Instances = g.Key, nil
		}
	}
}
