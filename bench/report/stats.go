package report

import "slices"

// median of values; of an even number, the mean of the middle two; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// of takes one number of each sample.
func (r Row) of(get func(Sample) float64) []float64 {
	values := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		values[i] = get(s)
	}
	return values
}

// Cost is the median cost of the row.
func (r Row) Cost() float64 { return median(r.of(func(s Sample) float64 { return s.Cost })) }

// PerSecond is the median throughput of the row.
func (r Row) PerSecond() float64 { return median(r.of(func(s Sample) float64 { return s.PerSecond })) }

// row finds a peer that was measured.
func (w Work) row(peer string) (Row, bool) {
	i := slices.IndexFunc(w.Rows, func(r Row) bool { return r.Peer == peer && len(r.Samples) > 0 })
	if i < 0 {
		return Row{}, false
	}
	return w.Rows[i], true
}

// ratio is weir's cost divided by the peer's.
func (w Work) ratio(peer string) (float64, bool) {
	ours, ok := w.row(Ours)
	theirs, found := w.row(peer)
	if !ok || !found || theirs.Cost() == 0 {
		return 0, false
	}
	return ours.Cost() / theirs.Cost(), true
}

// Ours is the peer that the others are compared with.
const Ours = "weir"
