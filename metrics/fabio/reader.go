package fabio

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// kind is what a value is.
type kind byte

const (
	counter kind = 'c'
	gauge   kind = 'g'
	timer   kind = 't'
)

// value is what a metric with its labels has come to since it was read last.
type value struct {
	name   string // as fabio has it, "http.status"
	labels []*dto.LabelPair
	kind   kind
	n      float64 // of a counter what was added, of a gauge what it is
	times  []times // of a timer what was added, ascending
}

// times is how often a time was measured, to a twentieth.
type times struct {
	seconds float64
	count   float64
}

// reader reads what was counted since it read before. Each who sends has his own.
type reader struct {
	families *families
	before   map[string]sums
}

// sums is what a series had come to; of a timer by the index of the bucket.
type sums map[int]float64

// read returns all values in the order of their names and labels.
func (r *reader) read() ([]value, error) {
	all, err := r.families.registry.Gather()
	if err != nil {
		return nil, err
	}
	now, list := map[string]sums{}, []value(nil)
	for _, f := range all {
		for _, m := range f.Metric {
			v := value{name: f.GetHelp(), labels: m.Label}
			key := v.name + "\x00" + strings.Join(v.labelValues(), "\x00")
			now[key] = v.fill(m, r.before[key])
			list = append(list, v)
		}
	}
	r.before = now
	slices.SortStableFunc(list, func(a, b value) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

func (v *value) labelValues() (list []string) {
	for _, l := range v.labels {
		list = append(list, l.GetValue())
	}
	return list
}

// fill takes from m what came after before, and returns what m has come to.
func (v *value) fill(m *dto.Metric, before sums) (now sums) {
	switch {
	case m.Gauge != nil:
		v.kind, v.n = gauge, m.Gauge.GetValue()
	case m.Counter != nil:
		now = sums{0: m.Counter.GetValue()}
		v.kind, v.n = counter, now[0]-before[0]
	case m.Histogram != nil:
		now = buckets(m.Histogram)
		v.kind, v.times = timer, now.since(before, m.Histogram.GetSchema())
	}
	return now
}

// buckets counts by the index of the native bucket. Times are never negative;
// those of zero have an index below all others.
func buckets(h *dto.Histogram) sums {
	all, at, count := sums{}, 0, int64(0)
	if zero := h.GetZeroCount(); zero > 0 {
		all[math.MinInt] = float64(zero)
	}
	deltas := h.GetPositiveDelta()
	for _, span := range h.GetPositiveSpan() {
		at += int(span.GetOffset())
		for range span.GetLength() {
			count += deltas[0]
			deltas = deltas[1:]
			all[at] = float64(count)
			at++
		}
	}
	return all
}

// since lists what was added. A bucket reaches from base^(i-1) to base^i, where
// base is 2^(2^-schema); its middle stands for what is in it.
func (now sums) since(before sums, schema int32) (list []times) {
	width := math.Exp2(-float64(schema))
	for _, i := range slices.Sorted(maps.Keys(now)) {
		t := times{count: now[i] - before[i]}
		if i != math.MinInt {
			t.seconds = math.Exp2((float64(i) - 0.5) * width)
		}
		if t.count > 0 {
			list = append(list, t)
		}
	}
	return list
}

// count is how many times there are.
func (v *value) count() (n float64) {
	for _, t := range v.times {
		n += t.count
	}
	return n
}

// quantile is the time that a share q of all was not longer than; negative
// where there was none.
func (v *value) quantile(q float64) float64 {
	rank := q * v.count()
	for _, t := range v.times {
		if rank -= t.count; rank <= 0 {
			return t.seconds
		}
	}
	return -0.001
}
