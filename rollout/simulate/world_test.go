package simulate

import (
	"math"
	"slices"
	"testing"
	"time"

	"weir/rollout/policy"
	"weir/rollout/verdict"
)

// TestDrawsAreAsAsked: over many rounds the traffic, the candidate's part of it
// and the bad parts are those of the case.
func TestDrawsAreAsAsked(t *testing.T) {
	for _, c := range []struct {
		name      string
		traffic   Traffic
		candidate Candidate
		bad       [2]float64 // of the candidate and of stable
	}{
		{"plain", Traffic{Rate: 200, BadRate: 0.01, Proxies: 1}, Candidate{Risk: 10}, [2]float64{0.1, 0.01}},
		{"from later on", Traffic{Rate: 200, BadRate: 0.01, Proxies: 1}, Candidate{Risk: 10, From: time.Hour}, [2]float64{0.01, 0.01}},
		{"drifting", Traffic{Rate: 200, BadRate: 0.01, Proxies: 1, Drift: 0.7}, Candidate{Risk: 1}, [2]float64{0.01, 0.01}},
		{"never more than all", Traffic{Rate: 200, BadRate: 0.3, Proxies: 1}, Candidate{Risk: 1000}, [2]float64{1, 0.3}},
		{"clients", Traffic{Rate: 200, BadRate: 0.01, Proxies: 1, Clients: 5000, Broken: 0.02}, Candidate{Risk: 1, Misfits: 0.1},
			[2]float64{1 - 0.99*0.98*0.9, 1 - 0.99*0.98}},
	} {
		rules := verdict.DefaultRules()
		var sum minute
		const rounds, worlds = 3000, 600 // a few busy clients make most of a world
		for run := range uint64(worlds) {
			w := worldOf(t, c.traffic, c.candidate, run)
			p := newFleet(c.traffic, rules)[0]
			p.hear(setting{1, 2000}, 0)
			for range rounds / worlds {
				sum.add(w.play(p, w.rates(false, time.Minute)))
			}
		}
		units := sum.candidate.units + sum.stable.units
		near(t, c.name+": requests", float64(units), c.traffic.Rate*Round.Seconds()*rounds, 0.01)
		near(t, c.name+": the candidate's part", float64(sum.candidate.units)/float64(units), 0.2, 0.1)
		near(t, c.name+": bad on the candidate", float64(sum.candidate.bad)/float64(sum.candidate.units), c.bad[0], 0.2)
		near(t, c.name+": bad on stable", float64(sum.stable.bad)/float64(sum.stable.units), c.bad[1], 0.2)
	}
}

// worldOf is a world of the default policy.
func worldOf(t *testing.T, traffic Traffic, c Candidate, run uint64) *world {
	t.Helper()
	w, err := newWorld(&Case{Policy: policy.Default(policy.Canary), Traffic: traffic, Candidate: c}, 1, run)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within*want {
		t.Errorf("%s: %.4g, want %.4g", what, got, want)
	}
}

// TestFewClientsAreBusy: the busiest tenth makes most requests.
func TestFewClientsAreBusy(t *testing.T) {
	w := worldOf(t, Traffic{Rate: 1, Proxies: 1, Clients: 2000}, Candidate{Risk: 1}, 1)
	counts := make([]int, 2000)
	for range 100_000 {
		counts[w.clients.rank.Uint64()]++
	}
	slices.Sort(counts)
	busy := 0
	for _, n := range counts[1800:] {
		busy += n
	}
	t.Logf("%d %%", busy/1000)
	if busy < 70_000 || busy > 85_000 {
		t.Errorf("%d of 100000 requests, want about four fifths", busy)
	}
}

// TestLaggingProxies take over each setting later, and one after the other.
func TestLaggingProxies(t *testing.T) {
	fleet := newFleet(Traffic{Proxies: 3, Lagging: 1, Lag: 30 * time.Second}, verdict.DefaultRules())
	prompt, late := fleet[0], fleet[2]
	for _, c := range []struct {
		at           time.Duration
		want         setting
		prompt, late uint64 // generations
	}{
		{0, setting{1, 100}, 1, 0},
		{10 * time.Second, setting{2, 500}, 2, 0},
		{20 * time.Second, setting{2, 500}, 2, 0},
		{30 * time.Second, setting{2, 500}, 2, 1},
		{40 * time.Second, setting{2, 500}, 2, 2},
	} {
		prompt.hear(c.want, c.at)
		late.hear(c.want, c.at)
		if prompt.now.generation != c.prompt || late.now.generation != c.late {
			t.Errorf("after %v: generations %d and %d, want %d and %d", c.at, prompt.now.generation, late.now.generation, c.prompt, c.late)
		}
	}
}
