package verdict

import (
	"math"
	"testing"

	"weir/route"
)

// TestAlphaIsExact computes, without simulation, the probability that evidence
// against a candidate at the very edge of the tolerance is ever enough within
// the first bad events, whatever their order, at a look after each one.
func TestAlphaIsExact(t *testing.T) {
	const events = 400
	r := oneEvent()
	for _, weight := range []route.Weight{100, 500, 5000, 9000} {
		for _, risk := range []float64{1, 1.25} {
			w := float64(weight) / 10000
			hit := w * risk / (w*risk + 1 - w)
			got := everCrosses(events, hit, func(candidate, n int) bool {
				return judged(t, r, weight, met5xx(1e6, uint64(candidate)), met5xx(1e6, uint64(n-candidate))).against().all >= -math.Log(r.Alpha)
			})
			t.Logf("at %v and a risk of %v: %.4f", weight, risk, got)
			if got > r.Alpha || risk == 1 && got > r.Alpha/2 {
				t.Errorf("at %v and a risk of %v: FAIL with probability %.4f", weight, risk, got)
			}
		}
	}
}

// TestBetaIsExact does the same for a candidate whose rate is stable's plus the
// margin, which must hardly ever pass.
func TestBetaIsExact(t *testing.T) {
	const units = 3000
	r := oneEvent()
	for _, stable := range []float64{0, 0.005, 0.05} {
		enough := -math.Log(r.Beta)
		got := everCrosses(units, stable+r.Margin, func(bad, n int) bool {
			log, limit := r.favour(trial{units: float64(n), bad: float64(bad), stableUnits: 1e9, stableBad: 1e9 * stable, exposure: 1})
			return log >= limit && limit == enough
		})
		t.Logf("stable at %v: %.4f", stable, got)
		if got > r.Beta || got < r.Beta/10 {
			t.Errorf("stable at %v: a bad candidate passes with probability %.4f, want just below %v", stable, got, r.Beta)
		}
	}
}

// everCrosses is the probability that a walk of n steps, each up with
// probability up, ever meets a state that crosses.
func everCrosses(n int, up float64, crosses func(ups, steps int) bool) (p float64) {
	alive := []float64{1}
	for step := 1; step <= n; step++ {
		next := make([]float64, step+1)
		for ups, here := range alive {
			next[ups] += here * (1 - up)
			next[ups+1] += here * up
		}
		for ups, here := range next {
			if here > 1e-12 && crosses(ups, step) {
				p += here
				next[ups] = 0
			} else if here <= 1e-12 {
				next[ups] = 0
			}
		}
		alive = next
	}
	return p
}

// TestStableBoundHolds: the lower bound of stable's rate is above the true rate
// with at most the probability it is given.
func TestStableBoundHolds(t *testing.T) {
	const rate, error = 0.01, 0.025
	got := everCrosses(2000, rate, func(bad, n int) bool {
		return leastRate(float64(bad), float64(n), -math.Log(error)) > rate
	})
	if got > error || got == 0 {
		t.Errorf("with probability %.4f, want at most %v", got, error)
	}
}
