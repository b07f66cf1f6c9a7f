package controller_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout/controller"
	"weir/rollout/policy"
	"weir/store"
)

func TestPoliciesAreCheckedBeforeTheyAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", nil)
		var problems policy.Problems
		if _, err := p.PutPolicy(t.Context(), "web", "service: web\nsteps: [{set_wait: 5%}]", 0); !errors.As(err, &problems) {
			t.Errorf("error %v, want problems", err)
		}
		var bad *controller.NameError
		for _, name := range []string{"", "a b", "a/b", "..", strings.Repeat("x", 200)} {
			if _, err := p.PutPolicy(t.Context(), name, short, 0); !errors.As(err, &bad) {
				t.Errorf("name %.10q: error %v", name, err)
			}
		}
		first, err := p.PutPolicy(t.Context(), "web", short, 0)
		if err != nil || first.Index == 0 || first.Service != "web" || first.Text != short {
			t.Fatal(first, err)
		}
		var conflict *store.ConflictError
		if _, err := p.PutPolicy(t.Context(), "web", short, 0); !errors.As(err, &conflict) || conflict.Current.Index != first.Index {
			t.Errorf("error %v, want a conflict", err)
		}
		if err := p.DeletePolicy(t.Context(), "web", first.Index+1); !errors.As(err, &conflict) {
			t.Errorf("error %v, want a conflict", err)
		}
		list, err := p.Policies(t.Context())
		if err != nil || len(list) != 1 || list[0].Name != "web" || list[0].Problem != "" {
			t.Error(list, err)
		}
		if _, err := p.Policy(t.Context(), "db"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error %v, want not found", err)
		}
	})
}

// TestPoliciesWithoutEffectAreProblems, each for itself.
func TestPoliciesWithoutEffectAreProblems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		meta := instances("v1", 1)
		meta[0].Meta = map[string]string{"weir-policy": "nobodys"}
		meta[0].Service = "db"
		p := newFleet().start(t, s, "edge-1", meta)
		for key, text := range map[string]string{
			"v1/policies/a":     "service: web",
			"v1/policies/b":     "service: web",
			"v1/policies/half":  "service: [",
			"v1/policies/a%20b": "service: other",
		} {
			if _, err := s.CompareAndSet(t.Context(), key, []byte(text), 0); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		time.Sleep(time.Second)
		var got []string
		for _, one := range p.publisher.Problems() {
			got = append(got, one.Text+": "+one.Reason)
		}
		for _, want := range []string{"b: policy a is for service/web, too", "half: it is neither YAML, JSON nor HCL", `a b: policy name "a b"`, "service/db: meta weir-policy=nobodys names no policy"} {
			if !strings.Contains(strings.Join(got, "\n"), want) {
				t.Errorf("no problem %q in %q", want, got)
			}
		}
	})
}

// TestAServiceNamesItsPolicy in its meta; one that names the service beats that.
func TestAServiceNamesItsPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := append(instances("v1", 2), instances("v2", 1)...)
		for i := range all {
			all[i].Meta = map[string]string{"weir-policy": "slow"}
		}
		all[2].Meta = map[string]string{"weir-policy": "fast"} // the fewer
		p := newFleet().start(t, memory(t), "edge-1", all)
		p.put(t, "slow", strings.Replace(short, "service: web", "", 1))
		p.put(t, "fast", strings.Replace(short, "service: web", "", 1))
		p.wants(t, "slow")
		p.put(t, "web", short)
		p.wants(t, "web")
	})
}

func (p *proxy) wants(t *testing.T, policy string) {
	t.Helper()
	time.Sleep(time.Minute)
	if r, ok := p.Get(web); !ok || r.Policy != policy {
		t.Errorf("policy %q (%t), want %s", r.Policy, ok, policy)
	}
}

// TestWithoutAPolicyNothingHappens: nothing is written, and nobody leads.
func TestWithoutAPolicyNothingHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		p := newFleet().start(t, s, "edge-1", canary())
		time.Sleep(time.Hour)
		list, err := s.List(t.Context(), "")
		if err != nil || len(list) != 0 || p.shares() != "v1 75% v2 25%" || len(p.List()) != 0 {
			t.Errorf("%+v (%v), %s", list, err, p.shares())
		}
		if in, _ := p.publisher.Instances(); len(in) != 4 || in[0].Variant != "" {
			t.Errorf("instances %+v", in)
		}
	})
}
