package report

import "fmt"

// verdict is how weir stands against one target.
type verdict struct {
	Work, Target, Reached, Verdict string
	Short                          string // what falls short, as a sentence; empty: met
}

// verdicts returns one for each target of the work.
func (w Work) verdicts() []verdict {
	list := make([]verdict, len(w.Targets))
	for i, t := range w.Targets {
		list[i] = w.verdict(t)
	}
	return list
}

func (w Work) verdict(t Target) verdict {
	v := verdict{Work: w.Title, Target: t.text(w), Reached: "–", Verdict: "not measured"}
	reached, detail, ok := w.reached(t)
	if !ok {
		v.Short = fmt.Sprintf("%s: the target of %s was not measured.", w.Title, v.Target)
		return v
	}
	v.Reached = detail
	if v.Verdict = "met"; reached > t.AtMost {
		v.Verdict = "**short**"
		v.Short = fmt.Sprintf("%s: %s, at most %s was wanted.", w.Title, detail, v.Target)
	}
	return v
}

func (t Target) text(w Work) string {
	if t.Peer == "" {
		return fmt.Sprintf("%.2f %s", t.AtMost, w.Cost)
	}
	return fmt.Sprintf("%.2f × %s", t.AtMost, t.Peer)
}

// reached is the number to hold against the target, and it in words.
func (w Work) reached(t Target) (float64, string, bool) {
	ours, ok := w.row(Ours)
	if !ok {
		return 0, "", false
	}
	if t.Peer == "" {
		return ours.Cost(), fmt.Sprintf("%.2f", ours.Cost()), true
	}
	ratio, ok := w.ratio(t.Peer)
	theirs, _ := w.row(t.Peer)
	return ratio, fmt.Sprintf("%.2f × %s (%s of %s)", ratio, t.Peer, number(ours.Cost()), number(theirs.Cost())), ok
}

// limit is whether loader or backend held the proxies up.
type limit struct {
	Work, Direct, Best, Loader, Backend, Verdict string
}

// fullCore is the share of a core from which a thread counts as busy all the
// time.
const fullCore = 0.95

// limit looks for the turn in which loader and backend were busiest.
func (w Work) limit() (limit, bool) {
	var best, loader, backend float64
	for _, r := range w.Rows {
		best = max(best, r.PerSecond())
		for _, s := range r.Samples {
			loader, backend = max(loader, s.Loader), max(backend, s.Backend)
		}
	}
	if best == 0 {
		return limit{}, false
	}
	l := limit{Work: w.Title, Direct: "–", Best: number(best) + " " + w.Unit + "/s",
		Loader:  fmt.Sprintf("%.2f of %d", loader, w.LoaderCores),
		Backend: fmt.Sprintf("%.2f of %d", backend, w.BackendCores), Verdict: "no"}
	if w.Direct != nil {
		l.Direct = number(w.Direct.PerSecond) + " " + w.Unit + "/s"
	}
	if loader > fullCore*float64(w.LoaderCores) || backend > fullCore*float64(w.BackendCores) || w.Direct != nil && w.Direct.PerSecond < best {
		l.Verdict = "**perhaps**"
	}
	return l, true
}
