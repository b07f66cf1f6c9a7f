package route

import (
	"math"
	"slices"
)

// maxRing bounds the slots of a ring, unless there are more targets than that.
const maxRing = 10000

// ring lays the targets out for RoundRobin: one period in which each has its
// share of the slots, at even distances.
func ring(targets []*Target) []*Target {
	slots := exactSlots(targets)
	if slots == nil {
		slots = nearSlots(targets)
	}
	if slices.Min(slots) == slices.Max(slots) {
		return targets
	}
	turns, size := turns(slots)
	period := make([]*Target, size)
	for i := range period {
		period[i] = targets[turns[0].target]
		turns[0].at += turns[0].every
		turns.sink(0)
	}
	return period
}

// turn is when a target comes next, with the period as unit of time.
type turn struct {
	at, every float64
	target    int
}

// queue is a heap of turns, the next one first.
type queue []turn

// turns gives each target its first turn. Targets with as many slots as others
// begin at different times, so that they do not come in a row.
func turns(slots []int) (q queue, size int) {
	equals, seen := map[int]int{}, map[int]int{}
	for _, n := range slots {
		equals[n]++
		size += n
	}
	for i, n := range slots {
		every := 1 / float64(n)
		phase := (float64(seen[n]) + 0.5) / float64(equals[n])
		seen[n]++
		q = append(q, turn{phase * every, every, i})
	}
	for i := len(q) - 1; i >= 0; i-- {
		q.sink(i)
	}
	return q, size
}

// sink moves the turn at i down to its place.
func (q queue) sink(i int) {
	for {
		next := 2*i + 1
		if next >= len(q) {
			return
		}
		if next+1 < len(q) && q[next+1].before(q[next]) {
			next++
		}
		if !q[next].before(q[i]) {
			return
		}
		q[i], q[next] = q[next], q[i]
		i = next
	}
}

func (t turn) before(u turn) bool {
	return t.at < u.at || t.at == u.at && t.target < u.target
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
