package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRules: what each rule says of minutes in which the candidate had a hundred
// requests: a dot is all good, 1 one bad (99 %), 2 two, and a blank no request.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name, minutes string
		want          string // F of Flagger 5, f of Flagger 10, A of Argo 0, a of Argo 3
	}{
		{"all good", "............", ""},
		{"just good enough", "111111111111", ""},
		{"once", ".2..........", "A"},
		{"three times", ".2.2.2......", "A"},
		{"four times", ".2.2.2.2....", "Aa"},
		{"five times", ".2.2.2.2.2..", "FAa"},
		{"ten times", "2222222222..", "FfAa"},
		{"nobody came", "            ", "Ff"},
	} {
		var minutes []minute
		got := ""
		for _, what := range c.minutes {
			m := minute{stable: tally{1000, 0}}
			if what != ' ' {
				m.candidate.units = 100
			}
			if what > '0' {
				m.candidate.bad = uint64(what - '0')
			}
			minutes = append(minutes, m)
		}
		for i, name := range []string{"F", "f", "A", "a"} {
			if judges()[i].aborts(minutes, false) {
				got += name
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMannWhitney looks at the end, and sees what is obvious.
func TestMannWhitney(t *testing.T) {
	var minutes []minute
	for i := range uint64(30) {
		minutes = append(minutes, minute{tally{100, 3 + i%3}, tally{1000, i % 3}})
	}
	if mannWhitney(minutes, false) || !mannWhitney(minutes, true) {
		t.Error("want an abort in the end only")
	}
	if mannWhitney(minutes[:3], true) {
		t.Error("three minutes are too few for an interval")
	}
}

// TestShiftCovers: the lower end is above the true shift as often as it may be,
// and the estimate is close to it.
func TestShiftCovers(t *testing.T) {
	const samples, trueShift = 4000, 0.5
	dice := rand.New(rand.NewPCG(1, 1))
	over, sum := 0, 0.0
	for range samples {
		x, y := make([]float64, 15), make([]float64, 20)
		for i := range x {
			x[i] = trueShift + dice.ExpFloat64()
		}
		for i := range y {
			y[i] = dice.ExpFloat64()
		}
		low, estimate, ok := shift(x, y, 0.98)
		if !ok || low > estimate {
			t.Fatal(low, estimate, ok)
		}
		if sum += estimate; low > trueShift {
			over++
		}
	}
	if part := float64(over) / samples; part > 0.014 || part < 0.005 {
		t.Errorf("above the true shift in %.2f %%, want 1 %%", 100*part)
	}
	if mean := sum / samples; math.Abs(mean-trueShift) > 0.02 {
		t.Errorf("the estimates are %.3f on average, want %v", mean, trueShift)
	}
}
