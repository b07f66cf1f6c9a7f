package route_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"weir/route"
)

// canaryAt builds a route of a stable and a canary instance with an intent.
func canaryAt(w route.Weight, strategy route.Strategy) *route.Route {
	table, _ := route.Build(route.Input{
		Instances: []route.Instance{
			{Service: "web", ID: "1", Address: "10.0.0.1", Port: 80, Up: true, Tags: []string{"urlprefix-/"}},
			{Service: "web", ID: "2", Address: "10.0.0.2", Port: 80, Up: true, Tags: []string{"urlprefix-/ variant=canary"}},
		},
		Intents: []route.Intent{{Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": w}}},
		Options: route.Options{Strategy: strategy},
	})
	return table.HTTP("", "/", false)
}

// TestPickBoundaries compares the first draw of stable with exact arithmetic,
// for every weight there is.
func TestPickBoundaries(t *testing.T) {
	for w := route.Weight(0); w <= route.Full; w++ {
		r := canaryAt(w, route.Random)
		limit := new(big.Int).Lsh(big.NewInt(int64(w)), 64)
		limit.Div(limit, big.NewInt(int64(route.Full)))
		if w > 0 {
			last := new(big.Int).Sub(limit, big.NewInt(1)).Uint64()
			if got := r.Pick(route.Draw{Variant: last}).Variant(); got != "canary" {
				t.Fatalf("at %v draw %d picks %s, want canary", w, last, got)
			}
		}
		if w < route.Full {
			if got := r.Pick(route.Draw{Variant: limit.Uint64()}).Variant(); got != "stable" {
				t.Fatalf("at %v draw %d picks %s, want stable", w, limit, got)
			}
		}
	}
}

// TestCohortsGrow shows that raising a weight only adds draws.
func TestCohortsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(0, 10000).Draw(t, "low")
		high := rapid.IntRange(low, 10000).Draw(t, "high")
		d := route.Draw{Variant: rapid.Uint64().Draw(t, "draw")}
		before, after := canaryAt(route.Weight(low), route.Random).Pick(d), canaryAt(route.Weight(high), route.Random).Pick(d)
		if before.Variant() == "canary" && after.Variant() != "canary" {
			t.Fatalf("draw %d left the canary between %d and %d", d.Variant, low, high)
		}
	})
}

// anyInput makes instances of a few variants on one route, with or without an
// intent.
func anyInput(t *rapid.T) route.Input {
	var in route.Input
	for i := range rapid.IntRange(1, 8).Draw(t, "instances") {
		tag := "urlprefix-/ variant=" + rapid.SampledFrom([]string{"stable", "canary", "blue"}).Draw(t, "variant")
		tag += rapid.SampledFrom([]string{"", "", " weight=0", " weight=0.1", " weight=33%", " weight=0.7", " weight=2", " weight=0.00001"}).Draw(t, "weight")
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Address: fmt.Sprintf("10.0.0.%d", i),
			Port: 80, Tags: []string{tag}, Up: rapid.IntRange(0, 3).Draw(t, "up") > 0})
	}
	in.Options.Strategy = rapid.SampledFrom([]route.Strategy{route.Random, route.RoundRobin}).Draw(t, "strategy")
	if rapid.Bool().Draw(t, "intent") {
		shares := map[string]route.Weight{}
		for _, v := range []string{"stable", "canary", "blue", "gone"} {
			if rapid.Bool().Draw(t, v) {
				shares[v] = route.Weight(rapid.SampledFrom([]int{0, 1, 500, 3333, 5000, 10000}).Draw(t, "share"))
			}
		}
		in.Intents = []route.Intent{{Scope: route.Scope{Kind: "route", Name: "/"}, Shares: shares}}
	}
	return in
}

// canServe reports whether somebody must be picked: with an intent whoever is
// up, else whoever is up and not of weight 0.
func canServe(in route.Input) bool {
	for _, i := range in.Instances {
		if i.Up && (len(in.Intents) > 0 || !strings.HasSuffix(i.Tags[0], "weight=0")) {
			return true
		}
	}
	return false
}

// TestSharesMakeTheWhole: as long as somebody can serve, the shares add up and
// every draw finds a target that is up and has a share.
func TestSharesMakeTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		table, problems := route.Build(in)
		r := table.HTTP("", "/", false)
		variants, targets := 0.0, 0.0
		for _, v := range r.Variants() {
			variants += v.Share
			for _, target := range v.Targets {
				targets += target.Share()
			}
		}
		want := 0.0
		if canServe(in) {
			want = 1
		}
		if math.Abs(variants-want) > 1e-9 || math.Abs(targets-want) > 1e-9 {
			t.Fatalf("shares make %v by variants and %v by targets, want %v\n%s%v", variants, targets, want, table, problems)
		}
		d := route.Draw{Variant: rapid.Uint64().Draw(t, "u"), Target: rapid.Uint64().Draw(t, "v"), Seq: rapid.Uint64().Draw(t, "n")}
		checkPicks(t, r, d, want == 1)
	})
}

// checkPicks picks until nothing is left.
func checkPicks(t *rapid.T, r *route.Route, d route.Draw, some bool) {
	var tried []string
	if first := r.Pick(d); first != nil {
		if second := r.Pick(d, first.Addr()); second != nil && second.Variant() != first.Variant() && hasOther(r, first) {
			t.Fatalf("after %s of %s came %s of %s", first.Addr(), first.Variant(), second.Addr(), second.Variant())
		}
	}
	for {
		target := r.Pick(d, tried...)
		if target == nil {
			break
		}
		if !target.Up() || target.Share() <= 0 {
			t.Fatalf("picked %s, which is up %v and has share %v", target.Addr(), target.Up(), target.Share())
		}
		tried = append(tried, target.Addr())
	}
	for _, v := range r.Variants() {
		for _, target := range v.Targets {
			if target.Share() > 0 && !strings.Contains(strings.Join(tried, " "), target.Addr()) {
				t.Fatalf("%s has a share and was never picked; %v were", target.Addr(), tried)
			}
		}
	}
	if some != (len(tried) > 0) {
		t.Fatalf("picked %v", tried)
	}
}

// hasOther reports whether the variant of t has another target with a share.
func hasOther(r *route.Route, t *route.Target) bool {
	for _, v := range r.Variants() {
		for _, other := range v.Targets {
			if v.Name == t.Variant() && other != t && other.Share() > 0 {
				return true
			}
		}
	}
	return false
}

// TestPickOther: a target that was tried is replaced inside its variant first.
func TestPickOther(t *testing.T) {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: `
		route add s / http://a1:1/ opts "variant=a"
		route add s / http://a2:1/ opts "variant=a"
		route add s / http://b1:1/ opts "variant=b"
		route add s / http://b2:1/ weight 0 opts "variant=b"`}}})
	r := table.HTTP("", "/", false)
	for _, tt := range []struct{ tried, want string }{
		{"a1:1", "a2:1"}, {"a2:1", "a1:1"}, {"a1:1 a2:1", "b1:1"}, {"a1:1 a2:1 b1:1", "none"}, {"b1:1 other:1", "a1:1 a2:1"},
	} {
		for n := range uint64(50) {
			got := "none"
			if target := r.Pick(route.Draw{Variant: 0, Target: n << 58, Seq: n}, strings.Fields(tt.tried)...); target != nil {
				got = target.Addr()
			}
			if !strings.Contains(tt.want, got) {
				t.Errorf("after %s: picked %s, want %s", tt.tried, got, tt.want)
			}
		}
	}
}

// TestPickSpread: random draws spread over targets by their shares, and what a
// dead target would have had spreads over the others by theirs.
func TestPickSpread(t *testing.T) {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: `
		route add s / http://a:1/ weight 0.1
		route add s / http://b:1/ weight 0.3
		route add s / http://c:1/ weight 0.6`}}})
	r := table.HTTP("", "/", false)
	first, second := map[string]int{}, map[string]int{}
	const n = 10000
	for i := range uint64(n) {
		d := route.Draw{Target: i * (math.MaxUint64 / n)}
		first[r.Pick(d).Addr()]++
		if r.Pick(d).Addr() == "c:1" {
			second[r.Pick(d, "c:1").Addr()]++
		}
	}
	for addr, want := range map[string]int{"a:1": 1000, "b:1": 3000, "c:1": 6000} {
		if got := first[addr]; got < want-2 || got > want+2 {
			t.Errorf("%s got %d draws of %d, want %d", addr, got, n, want)
		}
	}
	if got := second["a:1"]; second["c:1"] > 0 || got < 1300 || got > 1700 {
		t.Errorf("after c:1: %v, want a quarter for a:1", second)
	}
}
