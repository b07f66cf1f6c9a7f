package rollout

import (
	"slices"
	"time"

	"weir/rollout/detect"
	"weir/route"
)

// Version is one version of the service.
type Version struct {
	Key       string        `json:"key"`
	Variant   string        `json:"variant,omitempty"`   // what its tags call it, such as blue
	FirstSeen time.Time     `json:"first_seen,omitzero"` // shown, never compared
	Nomad     *detect.Nomad `json:"nomad,omitempty"`
	Revision  uint64        `json:"revision,omitempty"` // of the rollout that made it stable
	// Instances are detect.Digests of those that were seen as this version: they
	// stay it when a promotion changes their tags.
	Instances []string `json:"instances,omitempty"`
}

// Past is a version that was stable, or a candidate. It starts no rollout by
// being still there.
type Past struct {
	Version
	Why  Phase `json:"why"`            // Completed: it was stable; Aborted or Superseded: a candidate
	Gone bool  `json:"gone,omitempty"` // it has had no instance for long: one that comes is deployed anew
}

// Override is a weight that a person has set. It wins until it is let go of.
type Override struct {
	Weight route.Weight  `json:"weight"`
	For    time.Duration `json:"for_ns"`
	By     string        `json:"by"`
	Reason string        `json:"reason,omitempty"`
	At     time.Time     `json:"at"` // shown, never compared
}

// Hold is one thing that a rollout waits for.
type Hold struct {
	Cause   Cause     `json:"cause"`
	Message string    `json:"message"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at"` // shown, never compared
}

// Record is a rollout that is over, as the history keeps it.
type Record struct {
	Revision  uint64        `json:"revision"`
	ID        string        `json:"id"`
	Scope     route.Scope   `json:"scope"`
	Stable    Version       `json:"stable"` // when it began
	Candidate Version       `json:"candidate"`
	Outcome   Phase         `json:"outcome"` // Completed, Aborted or Superseded
	Reason    Reason        `json:"reason"`
	Message   string        `json:"message,omitempty"`
	By        string        `json:"by"`
	Step      int           `json:"step"`    // index of the last step
	Took      time.Duration `json:"took_ns"` // without the time that people took
	At        time.Time     `json:"at"`
}

// maxInstances bounds how many instances of a version are remembered.
const maxInstances = 2048

// newVersion is the version of a group.
func newVersion(g detect.Group, at time.Time) Version {
	v := Version{Key: g.Key, FirstSeen: at}
	v.update(g)
	return v
}

// update takes over what a group shows of the version, and reports whether any of
// it is new.
func (v *Version) update(g detect.Group) (changed bool) {
	if g.Variant != "" && g.Variant != v.Variant {
		v.Variant, changed = g.Variant, true
	}
	if n := g.Nomad; n != nil && (v.Nomad == nil || v.Nomad.JobVersion <= n.JobVersion) {
		next := *n
		if v.Nomad != nil && v.Nomad.JobVersion == n.JobVersion && n.Deployment == "" {
			next.Deployment = v.Nomad.Deployment
		}
		if v.Nomad == nil || *v.Nomad != next {
			v.Nomad, changed = &next, true
		}
	}
	return v.remember(g.Remember) || changed
}

// remember adds instances. Beyond the limit those that are not there any more
// are forgotten.
func (v *Version) remember(refs []string) (changed bool) {
	all := slices.Concat(v.Instances, refs)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > maxInstances {
		all = slices.Clone(refs[:min(len(refs), maxInstances)])
	}
	if slices.Equal(all, v.Instances) {
		return false
	}
	v.Instances = all
	return true
}

// hasOneOf reports whether one of the instances is remembered.
func (v *Version) hasOneOf(refs []string) bool {
	return slices.ContainsFunc(refs, func(ref string) bool {
		_, there := slices.BinarySearch(v.Instances, detect.Digest(ref))
		return there
	})
}

// jobVersion is Nomad's number of the version; 0 when unknown.
func (v *Version) jobVersion() uint64 {
	if v.Nomad == nil {
		return 0
	}
	return v.Nomad.JobVersion
}

// withKnown adds what is remembered of the version.
func (v *Version) withKnown(k *detect.Known) {
	known := detect.Version{Key: v.Key, JobVersion: v.jobVersion()}
	if v.Nomad != nil {
		known.Spec = v.Nomad.Spec
	}
	k.Versions = append(k.Versions, known)
	for _, ref := range v.Instances {
		k.Instances[ref] = v.Key
	}
}

// Known is what the state remembers of versions, for detect.Reader.
func (s *State) Known() detect.Known {
	k := detect.Known{Stable: s.Stable.Key, Candidate: s.Candidate.Key, Promoting: s.Stage == Promoting, Instances: map[string]string{}}
	for i := range s.Past {
		s.Past[i].withKnown(&k)
	}
	for _, v := range []*Version{&s.Candidate, &s.Stable} {
		if v.Key != "" {
			v.withKnown(&k)
		}
	}
	return k
}
