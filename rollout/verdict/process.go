package verdict

import (
	"math"

	"weir/route"
)

// points is how many relative risks the alternatives are averaged over.
const points = 16

// grid holds one number for each alternative.
type grid [points]float64

// process compares alternatives, each a fixed ratio times a base risk, with the
// base risk itself. All sums are taken in a fixed order and every product is
// rounded before it is added, so that no compiler fuses the two.
type process struct{ ratio, log grid }

// newProcess spreads the ratios from 10^0.1 to 10^2 evenly on a log scale, or
// with sign -1 from 10^-0.1 to 10^-2.
func newProcess(sign float64) (p process) {
	for j := range p.ratio {
		p.log[j] = sign * math.Ln10 * (0.1 + 1.9*float64(j)/(points-1))
		p.ratio[j] = math.Exp(p.log[j])
	}
	return p
}

// odds is how much worse each alternative makes a bad event with weight w,
// compared with the base risk: the log of (w·base·ratio + 1-w) / (w·base + 1-w).
func (p *process) odds(weight route.Weight, base float64) (odds grid) {
	w := float64(weight) / float64(route.Full)
	null := float64(w*base) + 1 - w
	for j, ratio := range p.ratio {
		odds[j] = math.Log((float64(w*base*ratio) + 1 - w) / null)
	}
	return odds
}

// weigh adds to sum the log likelihood ratios of bad events, of which candidate
// hit the candidate. With q = w·r/(w·r+1-w) under the alternative and s the same
// under the base risk this is candidate·log(q/s) + stable·log((1-q)/(1-s)).
func (p *process) weigh(sum *grid, odds *grid, candidate, stable float64) {
	if candidate == 0 && stable == 0 {
		return
	}
	for j := range sum {
		sum[j] += float64(candidate*p.log[j]) - float64((candidate+stable)*odds[j])
	}
}

// logSum is the log of a sum of numbers given by their logs.
type logSum struct {
	max, rest float64 // the sum is e^max · rest
	n         int
}

func (s *logSum) add(x float64) {
	switch {
	case s.n == 0:
		s.max, s.rest = x, 1
	case x > s.max:
		s.max, s.rest = x, float64(s.rest*math.Exp(s.max-x))+1
	default:
		s.rest += math.Exp(x - s.max)
	}
	s.n++
}

func (s *logSum) addAll(g *grid) {
	for _, x := range g {
		s.add(x)
	}
}

// mean is the log of the mean.
func (s *logSum) mean() float64 { return s.max + math.Log(s.rest/float64(s.n)) }

// bounded is e^log, at most the greatest float64.
func bounded(log float64) float64 { return min(math.Exp(log), math.MaxFloat64) }
