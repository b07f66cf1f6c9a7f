package arms

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"weir/rollout/event"
)

// TestBucketsHoldWhatTheyShould checks that every number is in the bucket whose
// bounds it is between, and that these are close.
func TestBucketsHoldWhatTheyShould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := uint64(rapid.Int64Range(0, math.MaxInt64).Draw(t, "v"))
		low, next := least(bucket(v)), least(bucket(v)+1)
		if v < low || v >= next || float64(next-low) > max(1, float64(low)/steps) {
			t.Fatalf("%d is in the bucket from %d to %d", v, low, next)
		}
	})
}

// TestQuantilesAreBetweenTheirNeighbours compares with sorted numbers.
func TestQuantilesAreBetweenTheirNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 1, 300).Draw(t, "numbers")
		var h histogram
		for _, v := range all {
			h.add(v)
		}
		slices.Sort(all)
		for _, percent := range []int{5, 50, 99} {
			q := all[max(1, (len(all)*percent+99)/100)-1]
			if low, high := h.atLeast(percent), h.atMost(percent); q < low || q > high {
				t.Fatalf("the %d%% quantile %d is not between %d and %d", percent, q, low, high)
			}
		}
	})
}

// TestSlowIsWhatStableWas learns from stable's answers alone, then holds both
// arms to them.
func TestSlowIsWhatStableWas(t *testing.T) {
	r := requestRules{learning: &requestTimes{}}
	took := func(ms int) event.HTTP {
		return event.HTTP{Status: 200, Code: event.NoCode, Took: time.Duration(ms) * time.Millisecond}
	}
	for i := range enough {
		late := took(10_000)
		late.Fault = event.Late
		for _, met := range []event.Set{r.classify(took(5000), true), r.classify(late, false), r.classify(took(1+i%100), false)} {
			if met.Has(event.SlowP50) {
				t.Fatal("slow before it is known what slow is")
			}
		}
	}
	for ms, want := range map[int]string{1: "", 40: "", 60: "slow_p50", 96: "slow_p50 slow_p90", 120: "slow_p50 slow_p90 slow_p99"} {
		for _, candidate := range []bool{true, false} {
			if got := r.classify(took(ms), candidate).String(); got != want {
				t.Errorf("%d ms of 1 to 100 is %q, want %q", ms, got, want)
			}
		}
	}
}

// TestUnusualIsWhatStableWasNot does so for connections.
func TestUnusualIsWhatStableWasNot(t *testing.T) {
	r := sessionRules{learning: &sessionTimes{}}
	usual := event.TCP{Connect: time.Millisecond, FirstByte: 10 * time.Millisecond, Sent: 10, Received: 1000, Lasted: time.Minute, TargetEnded: true}
	for range enough {
		if met := r.classify(usual, false); met != 0 {
			t.Fatal(met)
		}
	}
	for want, change := range map[string]func(*event.TCP){
		"":              func(*event.TCP) {},
		"connect_slow":  func(c *event.TCP) { c.Connect = 2 * time.Millisecond },
		"ttfb_slow":     func(c *event.TCP) { c.FirstByte = time.Second },
		"short_session": func(c *event.TCP) { c.Lasted, c.Received = time.Second, 1 },
	} {
		c := usual
		if change(&c); r.classify(c, true).String() != want {
			t.Errorf("%+v is %q, want %q", c, r.classify(c, true), want)
		}
	}
}
