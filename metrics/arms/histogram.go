package arms

import "math/bits"

// steps is into how many parts a power of two is divided: a bucket is at most a
// sixteenth wide.
const steps = 16

// histogram counts numbers from 0 to 2^63-1 by size.
type histogram struct {
	buckets [64 * steps]uint32
	n       int
}

// add returns how many there are.
func (h *histogram) add(v int64) int {
	h.buckets[bucket(uint64(max(0, v)))]++
	h.n++
	return h.n
}

// bucket is the place of v: exact below steps, then by its leading bits.
func bucket(v uint64) int {
	if v < steps {
		return int(v)
	}
	shift := bits.Len64(v) - bits.Len64(steps)
	return shift*steps + int(v>>shift)
}

// least is the least number in a bucket.
func least(bucket int) uint64 {
	if bucket < 2*steps {
		return uint64(bucket)
	}
	shift := bucket/steps - 1
	return uint64(bucket-shift*steps) << shift
}

// atMost is a number that no less than percent of all do not exceed.
func (h *histogram) atMost(percent int) int64 { return int64(least(h.place(percent)+1) - 1) }

// atLeast is a number that no more than percent of all are below.
func (h *histogram) atLeast(percent int) int64 { return int64(least(h.place(percent))) }

// place is the bucket that holds the quantile.
func (h *histogram) place(percent int) int {
	rank, seen := max(1, (h.n*percent+99)/100), 0
	for i, n := range h.buckets {
		if seen += int(n); seen >= rank {
			return i
		}
	}
	return len(h.buckets) - 1
}
