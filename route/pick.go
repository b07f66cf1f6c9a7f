package route

import (
	"math"
	"math/bits"
	"slices"
)

// Draw is the luck of one pick. Equal draws pick equally from equal routes.
type Draw struct {
	Variant uint64 // uniform over all values, or a hash of the cohort key
	Pinned  string // the variant to pick whatever its share, on a route with a Trial, as long as it has a target that is up; empty for none
	Target  uint64 // uniform over all values, for Random
	Seq     uint64 // running number on this route, for RoundRobin
	Hash    uint64 // of what the client is known by, for Hash: without a trial it counts instead of Variant, too
	Stuck   uint64 // ID of the target to pick again, if the draw is its variant's; 0 for none
	Loads   Loads  // for strategies that count; nil: nothing is known
}

// part is a variant that has a share, as Pick reads it.
type part struct {
	last    uint64    // the greatest draw that is the variant's
	targets []*Target // none for stable that is down and for which nobody stands in
	lasts   []uint64  // the same of its targets
	ring    []*Target // with RoundRobin and an intent

	strategy Strategy // one that balances, else empty
}

// isStable reports whether the part is stable's.
func (p *part) isStable() bool { return len(p.targets) == 0 || p.targets[0].variant == stable }

// Pick chooses a target that is up and has a share and whose address is not in
// tried: first the variant, then the target inside it; when the variant has no
// other target, one of the other variants that have a share. Nil when nothing
// is left, or nothing that may stand in for stable.
func (r *Route) Pick(d Draw, tried ...string) *Target {
	return r.pick(&d, tried)
}

// pick is Pick.
func (r *Route) pick(d *Draw, tried []string) *Target {
	if d.Stuck != 0 {
		if t := r.stuck(d, tried); t != nil {
			return t
		}
	}
	if d.Pinned != "" {
		if t := r.pin(d, tried); t != nil || r.closed && d.Pinned == stable {
			return t
		}
	}
	if len(r.parts) == 0 {
		return nil
	}
	if r.ring != nil {
		first := r.ring[d.Seq%uint64(len(r.ring))]
		return r.orOther(first, r.of(first.variant), d, tried)
	}
	if r.strategy == Hash && r.trial == nil {
		d.Variant = scatter(d.Hash)
	}
	p := r.part(d.Variant)
	first := p.first(d, tried)
	if first == nil {
		return nil
	}
	return r.orOther(first, p, d, tried)
}

// orOther is first, or another target when that was tried: of the part p, then of
// all.
func (r *Route) orOther(first *Target, p *part, d *Draw, tried []string) *Target {
	if !slices.Contains(tried, first.dest.addr) {
		return first
	}
	luck := scatter(d.Target ^ bits.RotateLeft64(d.Seq, 32) ^ uint64(len(tried)))
	if t := other(p.targets, luck, tried); t != nil || r.closed && p.isStable() {
		return t
	}
	return r.elsewhere(luck, tried)
}

// part is whose draw it is.
func (r *Route) part(draw uint64) *part {
	i := 0
	for r.parts[i].last < draw {
		i++
	}
	return &r.parts[i]
}

// of is the part of a variant that has a share.
func (r *Route) of(variant string) *part {
	i := slices.IndexFunc(r.parts, func(p part) bool { return p.targets[0].variant == variant })
	return &r.parts[i]
}

// first picks as if nothing had been tried, unless the strategy looks at targets
// anew anyway; nil when the part has nobody.
func (p *part) first(d *Draw, tried []string) *Target {
	switch {
	case len(p.targets) == 0:
		return nil
	case p.ring != nil:
		return p.ring[d.Seq%uint64(len(p.ring))]
	case len(p.targets) == 1:
		return p.targets[0]
	case p.strategy != "":
		return p.balanced(d, tried)
	}
	return p.at(d.Target)
}

// elsewhere picks from all variants by the shares of their targets.
func (r *Route) elsewhere(luck uint64, tried []string) *Target {
	sum := 0.0
	for i := range r.parts {
		sum += left(r.parts[i].targets, tried)
	}
	at := fraction(luck) * sum
	var last *Target
	for i := range r.parts {
		if last = walk(r.parts[i].targets, &at, tried, last); at < 0 {
			return last
		}
	}
	return last
}

// other picks one of the targets that were not tried, by their shares.
func other(targets []*Target, luck uint64, tried []string) *Target {
	at := fraction(luck) * left(targets, tried)
	return walk(targets, &at, tried, nil)
}

// left is the share of the targets that were not tried.
func left(targets []*Target, tried []string) (sum float64) {
	for _, t := range targets {
		if !slices.Contains(tried, t.dest.addr) {
			sum += t.share
		}
	}
	return sum
}

// walk takes the shares of the targets that were not tried off at, until it is
// below zero, and returns the target where it stopped; last if there is none.
func walk(targets []*Target, at *float64, tried []string, last *Target) *Target {
	for _, t := range targets {
		if slices.Contains(tried, t.dest.addr) {
			continue
		}
		if last, *at = t, *at-t.share; *at < 0 {
			break
		}
	}
	return last
}

// fraction maps luck to 0 ≤ f < 1.
func fraction(luck uint64) float64 { return float64(luck>>11) / (1 << 53) }

// scatter makes a number independent of the one it is made from (the finalizer
// of splitmix64).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// lastDraw is the greatest of the draws that lie below the share c, 0 < c ≤ 1.
// Shares that are whole basis points are cut exactly.
func lastDraw(c float64) uint64 {
	points := math.Round(c * float64(Full))
	switch {
	case c >= 1-1e-9:
		return math.MaxUint64
	case math.Abs(c*float64(Full)-points) < 1e-6 && points > 0:
		q, _ := bits.Div64(uint64(points), 0, uint64(Full))
		return q - 1
	}
	return uint64(math.Ldexp(c, 64)) - 1
}
