package simulate

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"gonum.org/v1/gonum/mathext"
)

// Result is what many runs of a case came to.
type Result struct {
	Case
	Runs   int     `json:"runs"`
	Judges []Judge `json:"judges"` // weir first
}

// Judge is how one way to judge did. The runs that are neither aborted nor held
// were promoted.
type Judge struct {
	Name    string `json:"name"`
	Aborted int    `json:"aborted"`
	// Early is how many of them were aborted before the candidate became bad.
	Early int `json:"early,omitempty"`
	// Held is how many had no verdict in the end and wait for a person.
	Held int `json:"held,omitempty"`
	// Took is how long aborts took since the candidate's first request, or
	// since it became bad, ascending. Early ones are not in it.
	Took []time.Duration `json:"-"`
	// Median is the time by which half of all runs were aborted, counted as
	// Took; 0 where fewer than half were.
	Median Seconds `json:"median_s,omitempty"`
	// Promotion is the median time from the candidate's first request until it
	// had all traffic; 0 where it never did.
	Promotion Seconds `json:"promotion_s,omitempty"`
}

// Seconds is a duration whose JSON is a number of seconds.
type Seconds time.Duration

// MarshalJSON prints seconds.
func (s Seconds) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// Weir is the name of weir's own verdict.
const Weir = "weir"

// Share is the part of all runs that were aborted.
func (r *Result) Share(j *Judge) float64 { return float64(j.Aborted) / float64(r.Runs) }

// Held is the part of all runs that waited for a person in the end.
func (r *Result) Held(j *Judge) float64 { return float64(j.Held) / float64(r.Runs) }

// Promoted is the part of all runs in which the candidate got all traffic.
func (r *Result) Promoted(j *Judge) float64 {
	return float64(r.Runs-j.Aborted-j.Held) / float64(r.Runs)
}

// AtMost is what the true share is below with 95 % confidence, by Clopper and
// Pearson.
func (r *Result) AtMost(j *Judge) float64 {
	if j.Aborted == r.Runs {
		return 1
	}
	return mathext.InvRegIncBeta(float64(j.Aborted+1), float64(r.Runs-j.Aborted), 0.95)
}

// By finds a judge by its name; it must be one of the names of this package.
func (r *Result) By(name string) *Judge {
	return &r.Judges[slices.IndexFunc(r.Judges, func(j Judge) bool { return j.Name == name })]
}

// summarise makes a result of all runs of a case.
func (c *Case) summarise(all []ran) Result {
	r := Result{Case: *c, Runs: len(all)}
	ends := make([]end, len(all))
	for i := range all {
		ends[i] = all[i].weir
	}
	r.Judges = append(r.Judges, judge(Weir, ends, c.Candidate.From))
	for j, rule := range judges() {
		for i := range all {
			ends[i] = all[i].rules[j]
		}
		r.Judges = append(r.Judges, judge(rule.name, ends, c.Candidate.From))
	}
	return r
}

// judge sums up the ends of one judge; from is when the candidate became bad.
func judge(name string, ends []end, from time.Duration) Judge {
	j := Judge{Name: name}
	var promotions []time.Duration
	for _, e := range ends {
		switch {
		case e.how == held:
			j.Held++
		case e.how == promoted:
			promotions = append(promotions, e.at)
		case e.at < from:
			j.Aborted++
			j.Early++
		default:
			j.Aborted++
			j.Took = append(j.Took, e.at-from)
		}
	}
	slices.SortFunc(j.Took, cmp.Compare)
	slices.SortFunc(promotions, cmp.Compare)
	if half := (len(ends) - 1) / 2; half < len(j.Took) {
		j.Median = Seconds(j.Took[half])
	}
	if len(promotions) > 0 {
		j.Promotion = Seconds(promotions[(len(promotions)-1)/2])
	}
	return j
}
