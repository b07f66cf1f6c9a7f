package route

import "fmt"

// spill moves the share of a variant without an instance that is up.
func (a *allotment) spill() {
	for i := range a.lots {
		l := &a.lots[i]
		if len(l.up) > 0 || l.asked == 0 {
			continue
		}
		if a.closed && l.Name == stable {
			l.Why += "; refused: no instance is up"
			a.trouble("%s asks for %s and has no instance up; its clients are refused, as the policy wants it", l.Name, percent(l.asked))
			continue
		}
		t := a.trusted()
		if t == nil {
			l.Why += "; no instance is up"
			continue
		}
		from, share := l.Name, l.asked
		l.asked, t.asked = 0, t.asked+share
		l.Why += "; spilled to " + t.Name + ": no instance is up"
		t.Why += fmt.Sprintf("; takes %s of %s", percent(share), from)
		a.trouble("%s asks for %s and has no instance up; %s takes it%s", from, percent(share), t.Name, t.caution())
	}
}

// caution points out a variant that serves although the intent gives it none.
func (l *lot) caution() string {
	if l.named && l.Asked == 0 {
		return ", although the intent gives it 0%: nothing else is up"
	}
	return ""
}

// trusted is the variant that takes what others cannot: stable, if it is up
// and not meant to have none, else the one that has most. When all that are up
// are to have none, it is one of these. Where nobody stands in for stable, it is
// stable even if that is down.
func (a *allotment) trusted() *lot {
	var best *lot
	for i := range a.lots {
		l := &a.lots[i]
		switch {
		case a.closed && l.Name == stable && l.asked > 0: // though it may be refused
			return l
		case len(l.up) == 0:
		case l.Name == stable && (l.asked > 0 || !l.named):
			return l
		case best == nil || l.asked > best.asked || l.asked == best.asked && l.Name == stable:
			best = l
		}
	}
	return best
}

// settle splits the share of a variant among its targets by their own weights.
// An intent beats tags: where all of these say 0, the parts are equal.
func (l *lot) settle() {
	for _, t := range l.Targets {
		t.share = 0
	}
	if len(l.up) == 0 {
		return
	}
	l.Share = l.asked
	split(l.up)
	total := sum(l.up)
	for _, t := range l.up {
		if total > 0 {
			t.share *= l.Share / total
		} else {
			t.share = l.Share / float64(len(l.up))
		}
	}
}
