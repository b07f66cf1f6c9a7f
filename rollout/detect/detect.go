// Package detect tells the versions of a service apart by what a registry, and
// Nomad where it is asked, knows of its instances, and finds out when a new
// version has come.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O.
package detect

// Nomad is what Nomad calls a version.
type Nomad struct {
	Namespace  string `json:"namespace,omitempty"`
	Job        string `json:"job"`
	Group      string `json:"group,omitempty"`
	JobVersion uint64 `json:"job_version"`
	// Spec is equal for job versions that run the same thing: a fingerprint of
	// the task group without its count and update stanza. A revert makes a new
	// job version with an old Spec.
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

// Group is the instances of one version.
type Group struct {
	Key       string   `json:"key"`
	Up        int      `json:"up"`                // may get traffic
	All       int      `json:"all"`               // registered
	Marked    int      `json:"marked,omitempty"`  // registered as canaries
	Healthy   int      `json:"healthy,omitempty"` // of these, by Nomad
	OnRoute   int      `json:"on_route"`          // have a route that stable has, too
	Variant   string   `json:"variant,omitempty"` // blue or green, where tags say so
	Nomad     *Nomad   `json:"nomad,omitempty"`
	Instances []string `json:"-"` // service IDs, sorted
}

// Seen is what runs of one service or route.
type Seen struct {
	Groups []Group // by key
}
