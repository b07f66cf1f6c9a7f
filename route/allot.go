package route

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// lot is a variant while the shares of an intent are dealt out.
type lot struct {
	*Variant
	up    []*Target
	asked float64 // its part of what the intent gives, 0 to 1
	named bool    // the intent names it
}

// allotment deals out the shares of an intent on one route.
type allotment struct {
	*plan
	lots     []lot // candidates by name, stable last
	troubles []string
}

// allot gives the targets and variants of r the shares that p asks for.
func (b *builder) allot(r *Route, p *plan) {
	a := newAllotment(r, p)
	a.dealRest()
	if p.trial != nil {
		r.join(p.trial, a.lots)
	}
	r.closed = p.closed
	a.spill()
	for i := range a.lots {
		a.lots[i].settle()
	}
	for _, trouble := range a.troubles {
		b.problem(p.problem(r.Key() + ": " + trouble))
	}
}

// newAllotment lists the variants of r, and those that p wants and r has not.
func newAllotment(r *Route, p *plan) *allotment {
	for _, name := range slices.Sorted(maps.Keys(p.Shares)) {
		if p.Shares[name] > 0 {
			r.want(name)
		}
	}
	if _, named := p.Shares[stable]; p.closed && !named {
		r.want(stable)
	}
	slices.SortFunc(r.variants, func(a, b Variant) int {
		return cmp.Or(p.trial.first(b.Name)-p.trial.first(a.Name), compareVariants(a.Name, b.Name))
	})
	a := &allotment{plan: p}
	for i := range r.variants {
		v := &r.variants[i]
		v.Asked, v.Why = p.Shares[v.Name], p.why()
		_, named := p.Shares[v.Name]
		a.lots = append(a.lots, lot{v, living(v.Targets), float64(v.Asked) / float64(Full), named})
	}
	return a
}

// want adds a variant that r has not.
func (r *Route) want(name string) {
	if !slices.ContainsFunc(r.variants, func(v Variant) bool { return v.Name == name }) {
		r.variants = append(r.variants, Variant{Name: name})
	}
}

// dealRest gives what the intent leaves to the variants that it does not name,
// and corrects it where there is nothing or nobody left.
func (a *allotment) dealRest() {
	left := Full
	for _, w := range a.Shares {
		left -= w
	}
	switch {
	case left < 0:
		a.cut(left)
	case left > 0 && !a.deal(left):
		if t := a.trusted(); t != nil {
			t.asked += float64(left) / float64(Full)
			a.trouble("the shares make %s and every variant is named; %s takes the rest", Full-left, t.Name)
		}
	}
}

// cut takes what is too much off the trusted variant, and where that has not
// as much, off all.
func (a *allotment) cut(left Weight) {
	t := a.trusted()
	if t == nil {
		return
	}
	t.asked = max(0, t.asked+float64(left)/float64(Full))
	total := 0.0
	for _, l := range a.lots {
		total += l.asked
	}
	if total <= 1+1e-9 {
		a.trouble("the shares make %s; %s gives way", Full-left, t.Name)
		return
	}
	a.trouble("the shares make %s; they are scaled down", Full-left)
	for i := range a.lots {
		a.lots[i].asked /= total
	}
}

// deal gives the rest to stable, or else to the other variants that the intent
// does not name. It reports false if there is none.
func (a *allotment) deal(left Weight) bool {
	for _, up := range []bool{true, false} { // a variant that is down may ask, too
		takers := a.takers(up)
		total := 0.0
		for _, l := range takers {
			total += sum(l.Targets)
		}
		for _, l := range takers {
			part := 1 / float64(len(takers))
			if total > 0 {
				part = sum(l.Targets) / total
			}
			l.asked = part * float64(left) / float64(Full)
			l.Asked = Weight(part*float64(left) + 0.5)
			l.Why = "the rest of the " + l.Why
		}
		if len(takers) > 0 {
			return true
		}
	}
	return false
}

// takers are the unnamed variants that the rest goes to, with shares of their
// targets by tags and commands.
func (a *allotment) takers(up bool) []*lot {
	var takers []*lot
	var targets []*Target
	for i := range a.lots {
		l := &a.lots[i]
		if !l.named && l.Name == stable && a.closed {
			return []*lot{l}
		}
		if l.named || up != (len(l.up) > 0) {
			continue
		}
		if l.Name == stable {
			return []*lot{l}
		}
		takers = append(takers, l)
		targets = append(targets, l.up...)
	}
	split(targets)
	return takers
}

func (a *allotment) trouble(format string, args ...any) {
	a.troubles = append(a.troubles, fmt.Sprintf(format, args...))
}
