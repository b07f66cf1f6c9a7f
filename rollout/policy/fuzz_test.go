package policy_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"weir/rollout/policy"
)

// FuzzParse checks that what is accepted means the same in its canonical form,
// and that what is refused says why.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"strategy: canary",
		`{"service": "web", "strategy": "bluegreen"}`,
		"route: app.example.com/\nsteps: [{set_weight: 1%}, {pause: {}}, {promote: {nomad: ask}}]",
		"steps: [{set_weight: 10%}, {gate: {name: a, prometheus: {url: http://p, query: up, min: 1}}}, {promote: {}}]",
		"cohort: {by: 'header:X-User', salt: route}\nmatch: [{cookie: beta, to: canary}]",
		"analysis: {margin: 0.1%, slo: {bad_rate_max: 2%, action: abort}}\ndrain: {abort: {max: 1s, rate: 9/s}}",
		"a: &a [*a]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.Parse([]byte(text))
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a text")
			}
			return
		}
		canonical, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse(canonical)
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%v\n%s\nmeans\n%+v\nnot\n%+v", err, canonical, again, p)
		}
		var plain policy.Policy
		if err := json.Unmarshal(canonical, &plain); err != nil || !reflect.DeepEqual(plain, p) {
			t.Fatalf("as plain JSON: %v\n%+v\nnot\n%+v", err, plain, p)
		}
		p.Plan(10)
	})
}
