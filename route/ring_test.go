package route_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"weir/route"
)

// weighted builds a RoundRobin route of targets a0, a1, … with weights in
// basis points.
func weighted(points []int) *route.Route {
	text := ""
	for i, n := range points {
		text += fmt.Sprintf("route add s / http://a%d:1/ weight %g\n", i, float64(n)/10000)
	}
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: text}}, Options: route.Options{Strategy: route.RoundRobin}})
	return table.HTTP("", "/", false)
}

// TestRingIsExactAndSmooth: over one period each target has its share exactly,
// and at no time is anybody far ahead or behind.
func TestRingIsExactAndSmooth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.SampledFrom([]int{1, 100, 250, 500, 1000, 2500, 3333, 4500, 5500}), 1, 5).Draw(t, "points")
		total := 0
		for _, n := range points {
			total += n
		}
		r, counts := weighted(points), map[string]int{}
		for seq := range total {
			counts[r.Pick(route.Draw{Seq: uint64(seq)}).Addr()]++
			for i, n := range points {
				due := float64(n) * float64(seq+1) / float64(total)
				if off := math.Abs(float64(counts[fmt.Sprintf("a%d:1", i)]) - due); total <= 10000 && off > float64(len(points)) {
					t.Fatalf("weights %v: after %d picks a%d is %.1f away from its due", points, seq+1, i, off)
				}
			}
		}
		for i, n := range points {
			got := counts[fmt.Sprintf("a%d:1", i)]
			if total <= 10000 && got != n || math.Abs(float64(got-n)) > 0.02*float64(total) {
				t.Fatalf("weights %v: a%d was picked %d times of %d, want %d", points, i, got, total, n)
			}
		}
	})
}

// TestRingOfTinyWeight: whoever has a share has a slot.
func TestRingOfTinyWeight(t *testing.T) {
	table, _ := route.Build(route.Input{Options: route.Options{Strategy: route.RoundRobin}, Commands: []route.Commands{{Text: `
		route add s / http://a:1/ weight 0.00001
		route add s / http://b:1/ weight 0.99999`}}})
	counts := map[string]int{}
	for seq := range uint64(10000) {
		counts[table.HTTP("", "/", false).Pick(route.Draw{Seq: seq}).Addr()]++
	}
	if counts["a:1"] != 1 || counts["b:1"] != 9999 {
		t.Errorf("picked %v, want a:1 once in 10000", counts)
	}
}
