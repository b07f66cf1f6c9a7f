package cohort_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"weir/rollout/cohort"
	"weir/rollout/policy"
	"weir/route"
)

// table builds a table with a share for each variant; extra instances do not
// matter to who gets what.
func table(t testing.TB, shares map[string]route.Weight, extra int) *route.Route {
	t.Helper()
	in := route.Input{Intents: []route.Intent{{Scope: route.Scope{Kind: "service", Name: "web"}, Shares: shares}}}
	for v, variant := range []string{"canary", "beta", "stable"} {
		for i := range 1 + extra {
			in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(variant, i), Address: "10.0.0.1", Port: 1 + v*1000 + i,
				Tags: []string{"urlprefix-app/ variant=" + variant}, Up: true})
		}
	}
	built, problems := route.Build(in)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return built.HTTP("app", "/", false)
}

func share(w route.Weight) map[string]route.Weight {
	return map[string]route.Weight{"canary": w, "beta": 0, "stable": route.Full - w}
}

// TestCohortsAreNested checks for any client and any two weights that the
// smaller cohort is inside the larger, on another proxy and after a swap, too.
func TestCohortsAreNested(t *testing.T) {
	s, other := splitter(t, policy.Cohort{By: "header:X-User"}), splitter(t, policy.Cohort{By: "header:X-User"})
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.IntRange(0, 10000)
		a, b := route.Weight(w.Draw(rt, "w1")), route.Weight(w.Draw(rt, "w2"))
		a, b = min(a, b), max(a, b)
		small, large, swapped := table(t, share(a), 0), table(t, share(b), 0), table(t, share(a), rapid.IntRange(0, 3).Draw(rt, "extra"))
		for range 50 {
			r := ask("10.0.0.1", "x-user: "+rapid.StringN(1, 20, 40).Draw(rt, "key"))
			d, there := s.Request(r, rand.Uint64), other.Request(r, rand.Uint64)
			if d != there {
				rt.Fatalf("two proxies draw %+v and %+v", d, there)
			}
			in := func(r *route.Route) bool { return r.Pick(route.Draw{Variant: d.Variant}).Variant() == "canary" }
			if in(small) && !in(large) {
				rt.Fatalf("%+v is in at %s and not at %s", d, a, b)
			}
			if in(small) != in(swapped) {
				rt.Fatalf("%+v changes with a swap at %s", d, a)
			}
		}
	})
}

// TestThirdVariantsDoNotMoveTheFirst checks that the cohort of the candidate at
// the low end does not depend on what the others share.
func TestThirdVariantsDoNotMoveTheFirst(t *testing.T) {
	s := splitter(t, policy.Cohort{By: policy.ByClientIP})
	variants := func(r *route.Route, d cohort.Draw) string { return r.Pick(route.Draw{Variant: d.Variant}).Variant() }
	one := table(t, map[string]route.Weight{"beta": 1000, "canary": 0, "stable": 9000}, 0)
	two := table(t, map[string]route.Weight{"beta": 1000, "canary": 2000, "stable": 7000}, 0)
	counts := map[string]int{}
	for i := range 10000 {
		d := s.Connection(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), rand.Uint64)
		if was, is := variants(one, d), variants(two, d); was == "beta" && is != "beta" || was == "canary" {
			t.Fatalf("%+v moves from %s to %s", d, was, is)
		}
		counts[variants(two, d)]++
	}
	for variant, want := range map[string]float64{"beta": 0.1, "canary": 0.2, "stable": 0.7} {
		inBounds(t, variant, counts[variant], 10000, want)
	}
}

// TestShares checks the shares of all ways to know a client over 100 000, and
// that a rollout has other clients than the one before.
func TestShares(t *testing.T) {
	const n = 100_000
	r := table(t, share(100), 0)
	canary := func(d cohort.Draw) bool { return r.Pick(route.Draw{Variant: d.Variant}).Variant() == "canary" }
	next, err := cohort.New(policy.Cohort{By: policy.ByClientIP}, nil, "service/web r2", nil)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2)).Uint64
	for _, by := range []policy.By{policy.ByClientIP, policy.ByCookie, "header:X-User", policy.ByConn} {
		s := splitter(t, policy.Cohort{By: by})
		in, both := 0, 0
		for i := range n {
			q := &request{client: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), connection: dice(), fields: []string{fmt.Sprint("x-user: user-", i)}}
			if canary(s.Request(q, dice)) {
				in++
				if canary(next.Request(q, dice)) {
					both++
				}
			}
		}
		inBounds(t, string(by), in, n, 0.01)
		if by == policy.ByClientIP && both > 40 { // 10 are expected
			t.Errorf("%d of %d clients are in two rollouts", both, in)
		}
	}
}

// TestMarksAreIndependent checks that the mark of a client does not tell its
// cohort: the verdict samples clients by its last bits.
func TestMarksAreIndependent(t *testing.T) {
	s := splitter(t, policy.Cohort{By: policy.ByClientIP})
	dice := rand.New(rand.NewPCG(3, 4)).Uint64
	for name, draw := range map[string]func(i int) cohort.Draw{
		"hashed": func(i int) cohort.Draw {
			return s.Connection(netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)}), dice)
		},
		"thrown": func(int) cohort.Draw { return s.Connection(netip.Addr{}, dice) },
	} {
		low, odd := 0, 0
		for i := range 60_000 {
			if d := draw(i); d.Variant < math.MaxUint64/10 {
				low++
				odd += int(d.Client & 1)
			}
		}
		inBounds(t, name, odd, low, 0.5)
	}
}

// inBounds allows five standard deviations of the binomial.
func inBounds(t *testing.T, name string, got, n int, want float64) {
	t.Helper()
	if d := math.Abs(float64(got) - float64(n)*want); d > 5*math.Sqrt(float64(n)*want*(1-want)) {
		t.Errorf("%s: %d of %d, want %v", name, got, n, want)
	}
}

// TestTheFormatStays keeps the cohorts of a fleet that is being updated.
func TestTheFormatStays(t *testing.T) {
	// printf '\0\016service/web r1hbob' | sha256sum
	d := splitter(t, policy.Cohort{By: "header:X-User"}).Request(ask("10.0.0.1", "x-user: bob"), rand.Uint64)
	if want := (cohort.Draw{Variant: 0xbfc4e508ec0d1189, Client: 0x49810d00, Counts: true}); d != want {
		t.Errorf("%#v, want %#v", d, want)
	}
}

// TestNothingIsAllocated keeps the split out of the garbage collector's way.
func TestNothingIsAllocated(t *testing.T) {
	address := ask("2001:db8::1")
	s := splitter(t, policy.Cohort{By: policy.ByClientIP})
	if n := testing.AllocsPerRun(1000, func() { s.Request(address, rand.Uint64) }); n != 0 {
		t.Errorf("a draw allocates %v times, want 0", n)
	}
}

func BenchmarkDraw(b *testing.B) {
	s, r := splitter(b, policy.Cohort{By: policy.ByClientIP}), ask("2001:db8::1")
	b.ReportAllocs()
	for b.Loop() {
		s.Request(r, rand.Uint64)
	}
}
