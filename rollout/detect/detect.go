// Package detect tells the versions of a service apart by what a registry, and
// Nomad where it is asked, knows of its instances, and finds out when a new
// version has come.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O.
package detect

import (
	"crypto/sha256"
	"encoding/base64"

	"weir/route"
)

// Nomad is what Nomad calls a version.
type Nomad struct {
	Namespace  string `json:"namespace,omitempty"`
	Job        string `json:"job"`
	Group      string `json:"group,omitempty"`
	JobVersion uint64 `json:"job_version"`
	// Spec is equal for job versions that run the same thing, see Fingerprint.
	// A revert makes a new job version with an old Spec.
	Spec       string `json:"spec,omitempty"`
	Deployment string `json:"deployment,omitempty"` // its ID; empty when unknown
}

// Allocation is what Nomad knows of one instance. It is read again and again:
// an allocation that is updated in place gets another job version.
type Allocation struct {
	Nomad
	Canary  bool // not promoted yet
	Healthy bool // by its own deployment status
}

// Group is the instances of one version. Instances that cannot be told yet are
// a group without a key.
type Group struct {
	Key       string   `json:"key"`
	Up        int      `json:"up"`                 // may get traffic
	All       int      `json:"all"`                // registered
	OnRoute   int      `json:"on_route"`           // have a route that stable has, too
	Marked    int      `json:"marked,omitempty"`   // registered as canaries
	Canaries  int      `json:"canaries,omitempty"` // not promoted, by Nomad
	Healthy   int      `json:"healthy,omitempty"`  // of the canaries, by Nomad
	Variant   string   `json:"variant,omitempty"`  // what tags or meta call it: blue, green, canary
	Made      bool     `json:"made,omitempty"`     // the key was made up: the instances name no version
	Nomad     *Nomad   `json:"nomad,omitempty"`    // of its greatest job version
	Instances []string `json:"-"`                  // as Ref prints them, sorted
	Remember  []string `json:"-"`                  // Digests of those that may lose what tells them apart, sorted
}

// Seen is what runs of one service or route: its versions, sorted by key.
type Seen []Group

// Find returns the group of a version; the zero value when there is none.
func (s Seen) Find(key string) Group {
	for _, g := range s {
		if g.Key == key {
			return g
		}
	}
	return Group{}
}

// Known is what is remembered of versions.
type Known struct {
	Stable, Candidate string // keys; empty for none
	// Promoting says that instances without a version are the candidate's: Nomad
	// starts no others then.
	Promoting bool
	Instances map[string]string // key of each remembered instance, by Digest
	Versions  []Version
}

// Version is a version that was seen before.
type Version struct {
	Key        string
	JobVersion uint64
	Spec       string // of Nomad; empty when unknown
}

// Ref names an instance: its ID is unique on its node only.
func Ref(in *route.Instance) string { return in.Node + "/" + in.ID }

// Digest is a short form of a Ref, for states that remember many.
func Digest(ref string) string {
	sum := sha256.Sum256([]byte(ref))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// Variants that a rollout gives to instances.
const (
	Stable    = "stable"
	Candidate = "canary"
	Retired   = "retired" // a version that is neither
	Unknown   = "unknown" // not told yet
)

// Variants names the variant of each instance, by Ref; none while there is no
// stable version.
func (s Seen) Variants(stable, candidate string) map[string]string {
	names := map[string]string{}
	if stable == "" {
		return names
	}
	for _, g := range s {
		name := Retired
		switch g.Key {
		case "":
			name = Unknown
		case stable:
			name = Stable
		case candidate:
			name = Candidate
		}
		for _, ref := range g.Instances {
			names[ref] = name
		}
	}
	return names
}
