package verdict

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"weir/rollout/event"
	"weir/route"
)

// TestOddsAreBinomial: the log likelihood ratio of each alternative is that of
// two binomial distributions.
func TestOddsAreBinomial(t *testing.T) {
	p := newProcess(1)
	for _, weight := range []route.Weight{1, 100, 500, 5000, 9900} {
		for _, c := range [][2]float64{{0, 3}, {4, 0}, {7, 31}, {500, 12000}} {
			w, base, n := float64(weight)/10000, 1.25, c[0]+c[1]
			var got grid
			odds := p.odds(weight, base)
			p.weigh(&got, &odds, c[0], c[1])
			for j, ratio := range p.ratio {
				q := w * base * ratio / (w*base*ratio + 1 - w)
				s := w * base / (w*base + 1 - w)
				want := distuv.Binomial{N: n, P: q}.LogProb(c[0]) - distuv.Binomial{N: n, P: s}.LogProb(c[0])
				if math.Abs(got[j]-want) > 1e-8*(1+math.Abs(want)) {
					t.Errorf("weight %v, %v: alternative %d is %v, want %v", weight, c, j, got[j], want)
				}
			}
		}
	}
}

// TestGridIsAsStrongAsBeta: where the weight is constant, E has a closed form
// with a Beta distribution over the alternatives, cut off below the base risk.
// The grid finds about as much.
func TestGridIsAsStrongAsBeta(t *testing.T) {
	const w, base, a, b = 0.05, 1.25, 0.5, 0.5
	s := w * base / (w*base + 1 - w)
	above := 1 - mathext.RegIncBeta(a, b, s)
	for _, c := range [][2]float64{{3, 0}, {5, 20}, {14, 41}, {60, 200}, {400, 1000}} {
		x, y := c[0], c[1]
		beta := mathext.Lbeta(a+x, b+y) - mathext.Lbeta(a, b) +
			math.Log(1-mathext.RegIncBeta(a+x, b+y, s)) - math.Log(above) - x*math.Log(s) - y*math.Log(1-s)
		e := judged(t, oneEvent(), 500, met5xx(1e6, uint64(x)), met5xx(1e6, uint64(y)))
		if got := e.against().all; math.Abs(got-beta) > 2+0.02*math.Abs(beta) {
			t.Errorf("%v of candidate, %v of stable: log E %.2f, with Beta %.2f", x, y, got, beta)
		}
	}
}

// TestIntervalHoldsFixedOne: an interval that holds at all times is wider than
// Clopper's and Pearson's exact one for a single look, and not by much.
func TestIntervalHoldsFixedOne(t *testing.T) {
	const w, alpha = 0.2, 0.01
	for _, c := range [][2]float64{{1, 9}, {5, 20}, {14, 41}, {60, 200}, {1000, 4000}} {
		x, y := c[0], c[1]
		r := oneEvent()
		r.Alpha = alpha
		e := judged(t, r, 2000, met5xx(1e6, uint64(x)), met5xx(1e6, uint64(y)))
		got := e.interval(event.HTTPStatus)
		risk := func(share float64) float64 { return share / (1 - share) * (1 - w) / w }
		low := risk(distuv.Beta{Alpha: x, Beta: y + 1}.Quantile(alpha / 2))
		high := risk(distuv.Beta{Alpha: x + 1, Beta: y}.Quantile(1 - alpha/2))
		if got.Low > low || got.High < high || x > 1 && got.Low < low/8 || got.High > high*4 {
			t.Errorf("%v: %.3g to %.3g, at one look %.3g to %.3g", c, got.Low, got.High, low, high)
		}
	}
}

// TestFewestBadEvents: with none on stable, how many bad events of the candidate
// are enough evidence.
func TestFewestBadEvents(t *testing.T) {
	for _, c := range []struct {
		weight route.Weight
		want   [3]uint64 // at alpha 5 %, 1 %, 0.1 %
	}{
		{100, [3]uint64{2, 2, 3}},
		{500, [3]uint64{2, 3, 4}},
		{1000, [3]uint64{2, 3, 4}},
		{2500, [3]uint64{3, 5, 7}},
		{5000, [3]uint64{7, 10, 14}},
	} {
		for i, alpha := range []float64{0.05, 0.01, 0.001} {
			n := uint64(1)
			for judged(t, oneEvent(), c.weight, met5xx(100, n), met5xx(100, 0)).against().all < -math.Log(alpha) {
				n++
			}
			if n != c.want[i] {
				t.Errorf("at %v with alpha %v: %d, want %d", c.weight, alpha, n, c.want[i])
			}
		}
	}
}

// TestErrorFreeUnits: how many units without one bad event show that a rate is
// below a limit. With one look at the end it would be log 0.05 / log (1-limit),
// the rule of three.
func TestErrorFreeUnits(t *testing.T) {
	for limit, want := range map[float64]float64{0.001: 4156, 0.005: 830, 0.01: 414, 0.02: 206, 0.05: 81} {
		n, once := 1.0, math.Log(0.05)/math.Log1p(-limit)
		for likelihood(0, n, limit, betterRatio) < -math.Log(0.05) {
			n++
		}
		if n != want || n < once || n > 1.45*once {
			t.Errorf("below %v: %v units, want %v (one look: %.0f)", limit, n, want, once)
		}
	}
}
