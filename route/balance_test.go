package route_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"weir/route"
)

// opened counts what picks have opened at each target and never closed.
type opened map[string]int

func (o opened) Open(t *route.Target) int { return o[t.Addr()] }

// balanced makes a route of n targets by a strategy; the first two have weights.
func balanced(lb string, n int) *route.Route {
	text := ""
	for i := range n {
		weight := ""
		if i < 2 {
			weight = fmt.Sprintf(" weight %v", 0.4/float64(1+i))
		}
		text += fmt.Sprintf("route add s a.test/ http://10.0.0.%d:80/%s opts \"lb=%s\"\n", i, weight, lb)
	}
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: text}}})
	return table.HTTP("a.test", "/", false)
}

// TestBalanceFollowsLoad opens connections that stay open: each target ends with
// its share of them, far closer than by chance.
func TestBalanceFollowsLoad(t *testing.T) {
	const all = 2000
	for lb, off := range map[string]float64{"leastconn": 1, "p2c": 12, "hash": 0.25*0.4*all + 1} {
		r, open, luck := balanced(lb, 5), opened{}, rand.New(rand.NewPCG(1, 2))
		for range all {
			open[r.Pick(route.Draw{Variant: luck.Uint64(), Target: luck.Uint64(), Hash: luck.Uint64(), Loads: open}).Addr()]++
		}
		for _, target := range r.Variants()[0].Targets {
			if got := float64(open[target.Addr()]); math.Abs(got-target.Share()*all) > off {
				t.Errorf("%s: %s has %v open of %d, want its share %v to within %v", lb, target.Addr(), got, all, target.Share(), off)
			}
		}
	}
}

// TestBalanceGivesTheIdleTheirShares: nothing is open, and nobody is favoured.
func TestBalanceGivesTheIdleTheirShares(t *testing.T) {
	const all = 100000
	for _, lb := range []string{"leastconn", "p2c", "hash"} {
		for _, loads := range []route.Loads{nil, opened{}} {
			r, got, luck := balanced(lb, 5), map[string]int{}, rand.New(rand.NewPCG(1, 2))
			for range all {
				got[r.Pick(route.Draw{Target: luck.Uint64(), Hash: luck.Uint64(), Loads: loads}).Addr()]++
			}
			for _, target := range r.Variants()[0].Targets {
				want := target.Share() * all
				if n := float64(got[target.Addr()]); math.Abs(n-want) > 5*math.Sqrt(want) {
					t.Errorf("%s: %s was picked %v times, want about %v", lb, target.Addr(), n, want)
				}
			}
		}
	}
}

// TestHashMovesOnlyWhoMust takes a target away.
func TestHashMovesOnlyWhoMust(t *testing.T) {
	before := balanced("hash", 8)
	for key := range uint64(1000) {
		d := route.Draw{Hash: key * 0x9e3779b97f4a7c15, Target: rand.Uint64(), Variant: rand.Uint64()}
		first := before.Pick(d).Addr()
		second := before.Pick(d, first).Addr()
		if again := before.Pick(d).Addr(); again != first || second == first {
			t.Fatalf("key %d is at %s, then at %s; with that tried at %s", key, first, again, second)
		}
		third := before.Pick(d, "10.0.0.7:80").Addr()
		if first != "10.0.0.7:80" && third != first || first == "10.0.0.7:80" && third != second {
			t.Fatalf("key %d is at %s, then %s; without the last target at %s", key, first, second, third)
		}
	}
}

// TestBalanceTriesAllTargets, and says when none is left.
func TestBalanceTriesAllTargets(t *testing.T) {
	for _, lb := range []string{"leastconn", "p2c", "hash"} {
		r, tried, open := balanced(lb, 4), []string{}, opened{}
		for range 4 {
			target := r.Pick(route.Draw{Target: rand.Uint64(), Hash: rand.Uint64(), Loads: open}, tried...)
			tried = append(tried, target.Addr())
		}
		if last := r.Pick(route.Draw{Loads: open}, tried...); last != nil || len(map[string]bool{tried[0]: true, tried[1]: true, tried[2]: true, tried[3]: true}) != 4 {
			t.Errorf("%s: tried %v, then %v", lb, tried, last)
		}
	}
}

func TestBalanceAllocatesNothing(t *testing.T) {
	open := opened{}
	for _, lb := range []string{"leastconn", "p2c", "hash"} {
		r := balanced(lb, 5)
		if n := testing.AllocsPerRun(100, func() { r.Pick(route.Draw{Target: 7, Hash: 9, Loads: open}) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", lb, n)
		}
	}
}
