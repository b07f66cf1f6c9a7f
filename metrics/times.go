package metrics

import (
	"math"

	dto "github.com/prometheus/client_model/go"
)

// times are the durations that a native histogram has counted, in buckets of
// which bucket i ends at the bound base^i.
type times struct {
	schema  int32 // base is 2^(2^-schema)
	n       uint64
	zero    uint64 // of n, those too short for a bucket
	buckets []bucket
}

// bucket is one that is not empty.
type bucket struct {
	at int32
	n  uint64
}

// readTimes reads the native buckets of a histogram.
func readTimes(h *dto.Histogram) times {
	t := times{schema: h.GetSchema(), n: h.GetSampleCount(), zero: h.GetZeroCount()}
	at, n, delta := int32(0), int64(0), h.GetPositiveDelta()
	for _, span := range h.GetPositiveSpan() {
		at += span.GetOffset()
		for range span.GetLength() {
			if len(delta) == 0 {
				return t // it never is too short
			}
			n, delta = n+delta[0], delta[1:]
			if n > 0 {
				t.buckets = append(t.buckets, bucket{at, uint64(n)})
			}
			at++
		}
	}
	return t
}

// coarser joins each two buckets, as a histogram does that has got too many.
func (t times) coarser() times {
	c := times{schema: t.schema - 1, n: t.n, zero: t.zero}
	for _, b := range t.buckets {
		b.at = (b.at + 1) >> 1
		if last := len(c.buckets) - 1; last >= 0 && c.buckets[last].at == b.at {
			c.buckets[last].n += b.n
		} else {
			c.buckets = append(c.buckets, b)
		}
	}
	return c
}

// since is what has come since before. Where that cannot be told n is 0.
func (t times) since(before times) times {
	if before.n == 0 || t.n < before.n {
		return t // it is another histogram
	}
	for before.schema > t.schema {
		before = before.coarser()
	}
	d := times{schema: t.schema}
	if t.schema != before.schema || t.zero < before.zero {
		return d
	}
	d.zero = t.zero - before.zero
	old := before.buckets
	for _, b := range t.buckets {
		for len(old) > 0 && old[0].at < b.at {
			return times{schema: t.schema}
		}
		if len(old) > 0 && old[0].at == b.at {
			if b.n < old[0].n {
				return times{schema: t.schema}
			}
			b.n -= old[0].n
			old = old[1:]
		}
		if b.n > 0 {
			d.buckets, d.n = append(d.buckets, b), d.n+b.n
		}
	}
	d.n += d.zero
	return d
}

// quantile is the duration in seconds that a part q of all did not exceed, exact
// to the width of a bucket: a tenth, or twice that where durations of very
// different size were seen. 0 where there are none.
func (t times) quantile(q float64) float64 {
	left := q*float64(t.n) - float64(t.zero)
	if t.n == 0 || left <= 0 {
		return 0
	}
	base := math.Exp2(math.Exp2(-float64(t.schema)))
	for i, b := range t.buckets {
		if n := float64(b.n); left > n && i < len(t.buckets)-1 {
			left -= n
			continue
		}
		within := min(1, left/float64(b.n))
		return math.Pow(base, float64(b.at)-1+within)
	}
	return 0
}
