package detect

import (
	"fmt"
	"time"

	"weir/route"
)

// Job is what a Nomad job says about updates of the task group.
type Job struct {
	AutoPromote   bool          `json:"auto_promote,omitempty"`
	Canary        int           `json:"canary,omitempty"` // of the update stanza
	Count         int           `json:"count,omitempty"`
	ShutdownDelay time.Duration `json:"shutdown_delay_ns,omitempty"` // the longest of the group and its tasks
	CanaryTags    bool          `json:"canary_tags,omitempty"`       // a service has canary_tags
	Groups        int           `json:"groups,omitempty"`            // task groups of the job that have canaries
}

// Lint is something about a deployment that will not go as one may think.
type Lint struct {
	Code    string `json:"code"` // for programs
	Message string `json:"message"`
}

// Lints looks at the versions seen, the job (nil: unknown), and the greatest
// weight and the ratio of the policy.
func Lints(seen Seen, known Known, job *Job, most route.Weight, ratio float64) []Lint {
	var list []Lint
	lint := func(is bool, code, format string, args ...any) {
		if is {
			list = append(list, Lint{code, fmt.Sprintf(format, args...)})
		}
	}
	c, s := seen.Find(known.Candidate), seen.Find(known.Stable)
	lint(number(known.Candidate) > 1 && !c.Made, "version_reused",
		"version %s was there before and ran something else; weir calls it %s", base(known.Candidate), known.Candidate)
	lint(c.Made, "no_version", "the instances of %s name no version: add the tag version=KEY or the meta version", known.Candidate)
	lint(s.Marked > 0 && s.Up > s.Marked, "mixed",
		"version %s has instances registered as canaries and others: canary and stable name the same version", s.Key)
	lint(c.All > 0 && c.OnRoute == 0, "isolated", "no instance of %s has a route of stable: it gets no share, only its own hostname", c.Key)
	if capacity := Capacity(c.Up, s.Up, ratio); c.OnRoute > 0 {
		lint(capacity < most, "capacity", "%d of %d instances carry at most %s of the traffic, and the policy goes up to %s",
			c.Up, c.Up+s.Up, capacity, most)
	}
	return append(list, job.Lints(c)...)
}

// Lints looks at the job of the candidate, and at its instances; none of a nil
// job.
func (job *Job) Lints(candidate Group) (list []Lint) {
	if job == nil {
		return nil
	}
	lint := func(is bool, code, format string, args ...any) {
		if is {
			list = append(list, Lint{code, fmt.Sprintf(format, args...)})
		}
	}
	lint(job.AutoPromote, "auto_promote", "the job has auto_promote: Nomad promotes as soon as the canaries are healthy, whatever the steps are")
	lint(job.Canary == 0, "no_canary", "the update stanza has no canary: Nomad stops the old instances while the new ones have no traffic yet")
	lint(job.CanaryTags && candidate.Made, "canary_tags", "canary_tags replace the tags: repeat version=KEY in them")
	lint(job.ShutdownDelay == 0, "shutdown_delay", "shutdown_delay is 0: tasks end before proxies know; 5s is enough")
	lint(job.Groups > 1, "groups", "the job has canaries in %d task groups: a revert takes back all of them", job.Groups)
	return list
}

// Capacity is the most that the candidate may get: ratio times its part of the
// instances that are up.
func Capacity(candidate, stable int, ratio float64) route.Weight {
	if candidate == 0 {
		return 0
	}
	return route.Weight(min(1, ratio*float64(candidate)/float64(candidate+stable)) * float64(route.Full))
}
