package series_test

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"weir/metrics/series"
)

func TestHandlesAreMadeOnceAndGone(t *testing.T) {
	made := map[int]int{}
	c := series.New(func(k int) *string { made[k]++; s := fmt.Sprint(k); return &s })
	for range 3 {
		for k := range 100 {
			if got := *c.Get(k); got != fmt.Sprint(k) {
				t.Fatalf("Get(%d) = %s", k, got)
			}
		}
	}
	for k, n := range made {
		if n != 1 {
			t.Errorf("the handles of %d were made %d times", k, n)
		}
	}
	var unbound int
	c.Drop(func(k int) bool { return k >= 10 }, func(int) { unbound++ })
	if left := len(maps.Collect(c.All())); left != 10 || unbound != 90 {
		t.Errorf("%d are left and %d were unbound, want 10 and 90", left, unbound)
	}
	c.Get(50)
	if made[50] != 2 {
		t.Error("what was dropped is not made again")
	}
}

func TestManyAtOnce(t *testing.T) {
	c := series.New(func(k int) *int { return &k })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for k := range 2000 {
				if *c.Get(k) != k {
					t.Error("the handles of another key")
				}
			}
		})
	}
	for range 20 {
		c.Drop(func(k int) bool { return k%2 == 0 }, func(int) {})
		for range c.All() {
		}
	}
	all.Wait()
}

func TestFindingAllocatesNothing(t *testing.T) {
	c := series.New(func(k string) *int { return new(int) })
	c.Get("a")
	if n := testing.AllocsPerRun(1000, func() { c.Get("a") }); n != 0 {
		t.Errorf("Get allocates %v times", n)
	}
}

// BenchmarkNewKeys is the cost of each of 10 000 keys that were not there before.
func BenchmarkNewKeys(b *testing.B) {
	for b.Loop() {
		c := series.New(func(k int) int { return k })
		for k := range 10_000 {
			c.Get(k)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/key")
}
