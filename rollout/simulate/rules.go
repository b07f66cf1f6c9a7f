package simulate

// minute is what one minute showed of the two versions.
type minute struct{ candidate, stable tally }

type tally struct{ units, bad uint64 }

func (t *tally) add(o tally) { t.units += o.units; t.bad += o.bad }

func (m *minute) add(o minute) { m.candidate.add(o.candidate); m.stable.add(o.stable) }

// isBelow reports whether the part of good requests is below 99 %.
func (t tally) isBelow() bool { return 100*t.bad > t.units }

// rule is another tool's way to judge. It is asked after every minute in which
// the candidate was drawn, until it says abort or the rollout's time is over.
type rule struct {
	name   string
	aborts func(minutes []minute, last bool) bool
}

// Names of the rules, in the order of judges.
const (
	Flagger5    = "Flagger, threshold 5"
	Flagger10   = "Flagger, threshold 10"
	Argo0       = "Argo, failureLimit 0"
	Argo3       = "Argo, failureLimit 3"
	MannWhitney = "Mann-Whitney"
)

// judges are the defaults that their documentations show: a success rate of 99 %
// over the last minute, asked once a minute.
func judges() []rule {
	return []rule{
		{Flagger5, flagger(5)},
		{Flagger10, flagger(10)},
		{Argo0, argo(0)},
		{Argo3, argo(3)},
		{MannWhitney, mannWhitney},
	}
}

// flagger rolls back when so many checks have failed since the analysis began.
// A check that finds no values has failed.
func flagger(threshold int) func([]minute, bool) bool {
	return func(minutes []minute, _ bool) bool {
		failed := 0
		for _, m := range minutes {
			if m.candidate.units == 0 || m.candidate.isBelow() {
				failed++
			}
		}
		return failed >= threshold
	}
}

// argo aborts when more measurements than the limit have failed. One without
// requests is NaN, which counts as success as the documentation shows
// ("isNaN(result) || result >= 0.99").
func argo(limit int) func([]minute, bool) bool {
	return func(minutes []minute, _ bool) bool {
		failed := 0
		for _, m := range minutes {
			if m.candidate.isBelow() {
				failed++
			}
		}
		return failed > limit
	}
}

// mannWhitney is for a fixed number of points, so it is asked once, in the end.
// A minute without requests is no point.
func mannWhitney(minutes []minute, last bool) bool {
	if !last {
		return false
	}
	var candidate, stable []float64
	for _, m := range minutes {
		if m.candidate.units > 0 {
			candidate = append(candidate, float64(m.candidate.bad)/float64(m.candidate.units))
		}
		if m.stable.units > 0 {
			stable = append(stable, float64(m.stable.bad)/float64(m.stable.units))
		}
	}
	return isHigher(candidate, stable)
}
