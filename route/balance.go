package route

import (
	"math"
	"math/bits"
	"slices"
)

// Loads tells how much is under way at targets.
type Loads interface {
	// Open is how many requests and connections t has open.
	Open(t *Target) int
}

// Strategy is how a target is picked within a variant.
func (r *Route) Strategy() Strategy { return r.strategy }

// Needs are what a pick on a route wants to know.
type Needs uint8

// What Draw must hold besides luck.
const (
	NeedsSeq   Needs = 1 << iota
	NeedsLoads       // and Hash, with that strategy
	NeedsStuck
)

// Needs says what a pick on r wants to know; 0 is usual.
func (r *Route) Needs() Needs { return r.needs }

// need fills in needs.
func (r *Route) need() {
	switch {
	case r.strategy == RoundRobin:
		r.needs = NeedsSeq
	case r.strategy.counts():
		r.needs = NeedsLoads
	}
	if r.sticky != "" {
		r.needs |= NeedsStuck
	}
}

// counts reports whether s looks at what targets have open, in Draw.Loads.
func (s Strategy) counts() bool { return s == LeastConn || s == TwoChoices || s == Hash }

// balanced picks among at least two targets by what they have open, or by the
// hash of the client. Targets that were tried are left out as long as there are
// others.
func (p *part) balanced(d *Draw, tried []string) *Target {
	targets := p.targets
	if len(tried) > 0 {
		targets = slices.DeleteFunc(slices.Clone(targets), func(t *Target) bool { return slices.Contains(tried, t.dest.addr) })
	}
	switch {
	case len(targets) == 0:
		return p.targets[0]
	case p.strategy == Hash:
		return hashed(targets, d)
	case d.Loads == nil:
		return p.at(d.Target)
	case p.strategy == TwoChoices && len(tried) == 0:
		return lighter(p.at(d.Target), p.at(scatter(d.Target)), d.Loads)
	}
	return leastLoaded(targets, d)
}

// at is the target whose draw it is.
func (p *part) at(draw uint64) *Target {
	i, _ := slices.BinarySearch(p.lasts, draw)
	return p.targets[i]
}

// lighter is the one of two targets with less open for its share, the first where
// both have the same. That two choices are nearly as good as all is shown by M.
// Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001.
func lighter(a, b *Target, l Loads) *Target {
	if a != b && float64(l.Open(b))*a.share < float64(l.Open(a))*b.share {
		return b
	}
	return a
}

// leastLoaded is the target with least open for its share; of several one by
// their shares.
func leastLoaded(targets []*Target, d *Draw) (best *Target) {
	least, sum := math.Inf(1), 0.0
	for i, t := range targets {
		load := float64(d.Loads.Open(t)) / t.share
		switch {
		case load < least:
			best, least, sum = t, load, t.share
		case load == least:
			if sum += t.share; fraction(scatter(d.Target+uint64(i)))*sum < t.share {
				best = t
			}
		}
	}
	return best
}

// slack is by how much of its part a target may have more open than the average
// before another one takes what is hashed to it.
const slack = 1.25

// hashed is the target with the highest score for d.Hash, of those that have not
// more than slack times their part of all that is open: rendezvous hashing (D.
// Thaler, C. Ravishankar, Using Name-Based Mappings to Increase Hit Rates, 1998)
// with bounded loads (V. Mirrokni, M. Thorup, M. Zadimoghaddam, Consistent
// Hashing with Bounded Loads, https://arxiv.org/abs/1608.01350). A target that
// comes or goes moves only its own clients.
func hashed(targets []*Target, d *Draw) (best *Target) {
	open := 1.0
	if d.Loads != nil {
		for _, t := range targets {
			open += float64(d.Loads.Open(t))
		}
	}
	whole, high := sum(targets), math.Inf(-1)
	for _, t := range targets {
		score := t.score(d.Hash)
		if score <= high || d.Loads != nil && float64(d.Loads.Open(t)) >= math.Ceil(slack*open*t.share/whole) {
			continue
		}
		best, high = t, score
	}
	return best
}

// score gives each target its share of all hashes: by C. Schindelhauer, G.
// Schomaker, Weighted Distributed Hash Tables, 2005.
func (t *Target) score(hash uint64) float64 {
	luck := (float64(scatter(hash^t.id)>>11) + 0.5) / (1 << 53)
	return -t.share / math.Log(luck)
}

// pinAt is where pin begins to look among n targets.
func (r *Route) pinAt(d *Draw, n int) int {
	luck := d.Target
	if r.strategy == Hash {
		luck = scatter(d.Hash)
	}
	at, _ := bits.Mul64(luck, uint64(n))
	return int(at)
}
