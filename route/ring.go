package route

import (
	"math"
	"slices"
)

// maxRing bounds the slots of a ring, unless there are more targets than that.
const maxRing = 10000

// ring lays the targets out for RoundRobin: one period in which each has its
// share of the slots, at even distances (smooth weighted round robin).
func ring(targets []*Target) []*Target {
	slots := exactSlots(targets)
	if slots == nil {
		slots = nearSlots(targets)
	}
	if slices.Min(slots) == slices.Max(slots) {
		return targets
	}
	size := 0
	for _, n := range slots {
		size += n
	}
	period := make([]*Target, size)
	credit := make([]int, len(slots))
	for i := range period {
		best := 0
		for j, n := range slots {
			if credit[j] += n; credit[j] > credit[best] {
				best = j
			}
		}
		credit[best] -= size
		period[i] = targets[best]
	}
	return period
}

// exactSlots finds the smallest whole numbers in the proportion of the shares;
// nil if they do not fit into a ring.
func exactSlots(targets []*Target) []int {
	least := targets[0].share
	for _, t := range targets {
		least = min(least, t.share)
	}
	slots := make([]int, len(targets))
	for m := 1; m*len(targets) <= max(maxRing, len(targets)); m++ {
		if fits(slots, targets, float64(m)/least) {
			return slots
		}
	}
	return nil
}

// fits fills slots with the shares times scale, if these are whole numbers.
func fits(slots []int, targets []*Target, scale float64) bool {
	size := 0
	for i, t := range targets {
		n := math.Round(t.share * scale)
		if n > maxRing || math.Abs(t.share*scale-n) > 1e-6 {
			return false
		}
		slots[i] = int(n)
		size += slots[i]
	}
	return size <= max(maxRing, len(targets))
}

// nearSlots rounds the shares down to a full ring. A tiny share still has one
// slot; the greatest makes room for that.
func nearSlots(targets []*Target) []int {
	total, size, most := sum(targets), 0, 0
	slots := make([]int, len(targets))
	for i, t := range targets {
		slots[i] = max(1, int(t.share/total*maxRing))
		size += slots[i]
		if slots[i] > slots[most] {
			most = i
		}
	}
	slots[most] -= min(max(0, size-maxRing), slots[most]-1)
	return slots
}
