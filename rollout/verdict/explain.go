package verdict

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"weir/rollout/event"
)

// Explain tells the verdict in words, for somebody who has to act on it.
func (v Verdict) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", v.Outcome, v.headline())
	for _, f := range v.Findings {
		b.WriteString("\n")
		v.explain(&b, f)
	}
	fmt.Fprintf(&b, "\nEvidence against the candidate, all together: %s. FAIL takes %s: a candidate whose risk is at most\n"+
		"%s times stable's shows that much in at most %s of all rollouts, however often one looks.\n",
		number(v.E), number(v.Enough), number(1+v.Rules.Tolerance), percent(v.Rules.Alpha))
	return b.String()
}

func (v Verdict) headline() string {
	switch v.Reason {
	case Worse:
		return fmt.Sprintf("the candidate is worse than stable. What shows it is %s.", v.Leading)
	case BothBad:
		return fmt.Sprintf("both versions fail more than %s of their %s.\nSomething they share is broken. Nothing can be learned of the candidate until that is over.",
			percent(v.Rules.BadRateMax), v.units())
	case GoodEnough:
		return fmt.Sprintf("the candidate is good enough for step %d of %d.\nNo bad event hits it more than %s points more often than stable.",
			v.Step, v.Steps, points100(v.Rules.Margin))
	case NoTraffic:
		return fmt.Sprintf("nothing was drawn for the candidate in step %d of %d yet.", v.Step, v.Steps)
	case FewBad:
		return fmt.Sprintf("%s points at the candidate, but it takes %d cases of %d different clients at least.", v.Leading, MinBad, MinClients)
	}
	if v.Needed == 0 {
		return fmt.Sprintf("not bad enough to fail and not good enough to pass step %d of %d.\nMore %s will not change that: the margin of %s points is too narrow to show.",
			v.Step, v.Steps, v.sought(), points100(v.Rules.Margin))
	}
	return fmt.Sprintf("not bad enough to fail and not good enough to pass step %d of %d.\nIf the candidate behaves as stable does, it passes with about %d more %s.",
		v.Step, v.Steps, v.Needed, v.sought())
}

// explain tells one event.
func (v Verdict) explain(b *strings.Builder, f Finding) {
	fmt.Fprintf(b, "%s: %s\n", f.Event, f.Event.Facts().Means)
	fmt.Fprintf(b, "  candidate  %s\n  stable     %s\n", v.hits(f.Candidate), v.hits(f.Stable))
	if all := f.Candidate.Counted + f.Stable.Counted; all > 0 {
		fmt.Fprintf(b, "  Were both equally good, about %s of these %d %s would be the candidate's. It has %d.\n",
			number(f.Expected), all, v.counted(), f.Candidate.Counted)
	}
	fmt.Fprintf(b, "  %s\n", v.risk(f.Risk))
	fmt.Fprintf(b, "  Evidence against it: %s. Evidence that it is good enough for this step: %s of %s.", number(f.E), number(f.For), number(f.Enough))
	if f.Needed > 0 {
		fmt.Fprintf(b, " That takes about %d more %s.", f.Needed, v.sought())
	}
	b.WriteString("\n")
}

// hits is "14 of 912 requests (1.54%)", with what counts of it.
func (v Verdict) hits(h Hits) string {
	if h.Units == 0 {
		return "no " + v.units()
	}
	text := fmt.Sprintf("%d of %d %s (%s)", h.Bad, h.Units, v.units(), percent(float64(h.Bad)/float64(h.Units)))
	if v.Rules.Unit == Clients {
		text += fmt.Sprintf(", the first ones of %d clients", h.Counted)
	}
	return text
}

func (v Verdict) risk(i Interval) string {
	sure := fmt.Sprintf("(%s sure, whenever one looks)", percent(1-v.Rules.Alpha))
	switch {
	case i.Low == 0 && math.IsInf(i.High, 1):
		return "How its risk compares with stable's cannot be said yet."
	case i.Low == 0:
		return fmt.Sprintf("Its risk is at most %s times stable's %s.", number(i.High), sure)
	case math.IsInf(i.High, 1):
		return fmt.Sprintf("Its risk is at least %s times stable's %s.", number(i.Low), sure)
	}
	return fmt.Sprintf("Its risk is %s to %s times stable's %s.", number(i.Low), number(i.High), sure)
}

// units is the word for what is counted.
func (v Verdict) units() string {
	for _, e := range v.Rules.Events {
		if e.Facts().Over == event.TCPOnly {
			return "connections"
		}
	}
	return "requests"
}

// sought is the word for what a candidate needs more of to pass.
func (v Verdict) sought() string {
	if v.Rules.Unit == Clients {
		return "clients"
	}
	return v.units()
}

// counted is the word for what makes the evidence.
func (v Verdict) counted() string {
	if v.Rules.Unit == Clients {
		return "clients"
	}
	return "bad events"
}

// number prints two or three significant digits and no exponent where it can.
func number(x float64) string {
	switch {
	case x >= 1e6 || x > 0 && x < 1e-3:
		return strconv.FormatFloat(x, 'e', 1, 64)
	case x >= 100:
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	case x >= 10:
		return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// percent prints 0.0154 as "1.54%".
func percent(x float64) string { return points100(x) + "%" }

// points100 prints 0.005 as "0.5".
func points100(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e4)/1e2, 'f', -1, 64)
}
