package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// TestQuantilesAreThoseOfTheDurations since the last look, exact to a tenth and
// later, when the histogram has become coarser, to a fifth.
func TestQuantilesAreThoseOfTheDurations(t *testing.T) {
	h := factory{prometheus.NewRegistry()}.histogram("h", "h").WithLabelValues()
	var read dto.Metric
	dice := rand.New(rand.NewPCG(1, 2))
	before := times{}
	for round, typical := range []float64{0.01, 3, 0.0004, 0.2} {
		var all []float64
		for range 1000 {
			d := typical * math.Exp(dice.NormFloat64())
			all = append(all, d)
			h.Observe(d)
		}
		slices.Sort(all)
		_, now := durations(h, &read)
		took := now.since(before)
		before = now
		for _, q := range []float64{0.5, 0.95, 0.99} {
			want := all[int(q*float64(len(all)))-1]
			if got := took.quantile(q); got < want/1.2 || got > want*1.2 {
				t.Errorf("round %d: %v of the durations took %v s at most, want %v", round, q, got, want)
			}
		}
	}
	if took := before.since(before); took.n != 0 || took.quantile(0.5) != 0 {
		t.Errorf("of nothing: %+v", took)
	}
}

// TestBucketsThatChangedTellNothing rather than something wrong.
func TestBucketsThatChangedTellNothing(t *testing.T) {
	old := times{schema: 3, n: 4, buckets: []bucket{{1, 2}, {3, 2}}}
	for name, c := range map[string]struct {
		now  times
		want uint64
	}{
		"more":         {times{schema: 3, n: 7, buckets: []bucket{{1, 2}, {2, 1}, {3, 4}}}, 3},
		"coarser":      {times{schema: 2, n: 7, buckets: []bucket{{1, 3}, {2, 4}}}, 3},
		"finer":        {times{schema: 4, n: 7, buckets: []bucket{{1, 3}, {6, 4}}}, 0},
		"forgotten":    {times{schema: 3, n: 7, buckets: []bucket{{3, 7}}}, 0},
		"fewer in one": {times{schema: 3, n: 7, buckets: []bucket{{1, 1}, {3, 6}}}, 0},
		"another":      {times{schema: 3, n: 2, buckets: []bucket{{9, 2}}}, 2},
		"too short":    {times{schema: 3, n: 6, zero: 2, buckets: []bucket{{1, 2}, {3, 2}}}, 2},
	} {
		if got := c.now.since(old); got.n != c.want {
			t.Errorf("%s: %+v, want %d", name, got, c.want)
		}
	}
}

// TestMeterTellsQuantiles by service and variant, over all listeners.
func TestMeterTellsQuantiles(t *testing.T) {
	c := newTestCollector(t)
	m := c.Meter()
	for i := range 100 {
		x := exchangeWith(c, "canary.web.test", 200, 1)
		x.Client.Listener = []string{":80", ":443"}[i%2]
		x.Start = time.Now().Add(-time.Second)
		if i >= 90 {
			x.Start = time.Now().Add(-20 * time.Second)
		}
		c.Exchange(x)
	}
	d := m.Read()[0]
	if d.P50 < 0.9 || d.P50 > 2 || d.P95 < 18 || d.P99 < 18 || d.P99 > 40 {
		t.Errorf("%+v", d)
	}
}
