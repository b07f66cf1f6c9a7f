package simulate

import (
	"math"
	"slices"
)

// Numbers of Kayenta's judge: the confidence of its interval and by what part of
// the estimate the interval must be away from 0.
const (
	mannWhitneyConfidence = 0.98
	mannWhitneyTolerance  = 0.25
)

// isHigher is the judgement of Kayenta on two samples of a metric, by the test
// of Mann and Whitney: the whole confidence interval of the shift between them
// is above a quarter of its estimate.
func isHigher(candidate, stable []float64) bool {
	low, estimate, ok := shift(candidate, stable, mannWhitneyConfidence)
	return ok && low > mannWhitneyTolerance*math.Abs(estimate)
}

// shift is the lower end of the confidence interval of how far x lies above y,
// and the estimate of Hodges and Lehmann: the median of all differences. It is
// not ok when a sample is too small for an interval.
func shift(x, y []float64, confidence float64) (low, estimate float64, ok bool) {
	differences := make([]float64, 0, len(x)*len(y))
	for _, a := range x {
		for _, b := range y {
			differences = append(differences, a-b)
		}
	}
	slices.Sort(differences)
	n, m := float64(len(x)), float64(len(y))
	z := math.Sqrt2 * math.Erfinv(confidence)
	rank := int(math.Floor(n*m/2 - float64(z*math.Sqrt(n*m*(n+m+1)/12)) - 0.5))
	if rank < 0 || len(differences) == 0 {
		return 0, 0, false
	}
	middle := len(differences) / 2
	estimate = differences[middle]
	if len(differences)%2 == 0 {
		estimate = (estimate + differences[middle-1]) / 2
	}
	return differences[rank], estimate, true
}
