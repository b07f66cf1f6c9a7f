package exchange

import (
	"math"
	"time"

	"weir/route"
)

// drainName tells drains apart.
type drainName struct {
	scope   route.Scope
	version string
}

// drain is a route.Drain on its way.
type drain struct {
	route.Drain
	seen  time.Time           // what began earlier drains
	names map[route.Name]bool // the instances

	looked time.Time // when the last look was

	left int  // how many were bound and not ended at the last look
	all  int  // how many were bound
	ends int  // how many the current look may still end
	asks int  // how many it may still ask to end
	over bool // nothing is left, and nothing can come
}

// begin says how many a look at now may end and ask.
func (d *drain) begin(now time.Time) {
	since := time.Second // what the rate allows for the first look
	if !d.looked.IsZero() {
		since = now.Sub(d.looked)
	}
	d.looked = now
	d.asks = max(1, int(float64(d.Rate)*since.Seconds()))
	d.ends = d.due(d.Until().Sub(now), since)
	d.left, d.all = 0, 0
}

// due is how many are to be ended with so much time left, so that the rate is
// enough for the others. Where it never was enough, it is exceeded evenly.
func (d *drain) due(left, since time.Duration) int {
	if left <= 0 {
		return math.MaxInt
	}
	rate := float64(d.Rate)
	switch {
	case float64(d.left) <= rate*left.Seconds():
		return 0
	case float64(d.left) > rate*(left+since).Seconds():
		return int(math.Ceil(float64(d.left) * float64(since) / float64(left+since)))
	}
	return int(float64(d.left) - rate*left.Seconds())
}

// bound takes in one that is bound, and says what becomes of it.
func (d *drain) bound() Fate {
	d.all++
	if d.ends > 0 {
		d.ends--
		return Ends
	}
	d.left++
	return Leaves
}

// step is between two looks while connections are being ended.
const step = 100 * time.Millisecond

// next is when the next look is due: when the first of those left has to end, and
// from then on every step up to the very end.
func (d *drain) next(now time.Time) time.Duration {
	left := d.Until().Sub(now)
	if left <= 0 || d.left == 0 {
		return lookEvery
	}
	first := left - time.Duration(float64(d.left-1)/float64(d.Rate)*float64(time.Second))
	return max(first, min(step, left))
}
