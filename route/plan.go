package route

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// plan is an intent and what is known of its scope.
type plan struct {
	Intent
	trial    *Trial          // nil: none
	closed   bool            // nobody stands in for stable
	left     bool            // and the service has no instance of it
	variants map[string]bool // of all routes of the scope
	routes   int             // how many those are
}

// plans are the intents by what they are about.
type plans struct {
	all       []*plan
	byService map[string]*plan
	byRoute   map[place]*plan
}

// plans sorts the intents. The last of several for one scope counts.
func (b *builder) plans(all *Input) plans {
	intents := all.Intents
	p := plans{byService: map[string]*plan{}, byRoute: map[place]*plan{}}
	scopes := map[Scope]int{}
	for i, in := range intents {
		if before, ok := scopes[in.Scope]; ok {
			b.problem(intents[before].problem("a later intent for the same scope counts instead"))
		}
		scopes[in.Scope] = i
	}
	for i, in := range intents {
		if scopes[in.Scope] != i {
			continue
		}
		if err := p.add(&plan{Intent: in, trial: all.Trials[in.Scope], closed: all.Closed[in.Scope]}, b.opts); err != nil {
			b.problem(in.problem(err.Error()))
		}
	}
	return p
}

// add takes an intent unless it cannot be read.
func (p *plans) add(n *plan, o Options) error {
	for _, name := range slices.Sorted(maps.Keys(n.Shares)) {
		if w := n.Shares[name]; w < 0 || w > Full {
			return fmt.Errorf("share %d of %s is not from 0 to %d basis points", int(w), name, int(Full))
		}
	}
	n.variants = map[string]bool{}
	switch n.Scope.Kind {
	case "service":
		p.byService[n.Scope.Name] = n
	case "route":
		s, err := o.parseKey(n.Scope.Name)
		if err != nil {
			return err
		}
		p.byRoute[s.place()] = n
	default:
		return fmt.Errorf("scope %q is neither service/NAME nor route/HOST/PATH", n.Scope)
	}
	p.all = append(p.all, n)
	return nil
}

// of returns the plan that r follows, if any: its own, else its first
// service's, by name, which beats those of other services. A service's plan is
// not for routes with one variant: an isolated hostname stays whole. But where
// nobody stands in for stable, routes that only others are left on are stable's.
func (p *plans) of(r *Route) (first *plan, beaten []*plan) {
	if len(p.all) == 0 {
		return nil, nil
	}
	for _, name := range r.Services() {
		n := p.byService[name]
		if n == nil {
			continue
		}
		n.sees(r)
		switch {
		case len(r.variants) == 1 && (!n.left || r.Apart()):
		case first == nil:
			first = n
		default:
			beaten = append(beaten, n)
		}
	}
	if n := p.byRoute[r.place()]; n != nil {
		n.sees(r)
		return n, nil
	}
	return first, beaten
}

func (p *plan) sees(r *Route) {
	p.routes++
	for _, v := range r.variants {
		p.variants[v.Name] = true
	}
}

// look finds the services that nobody stands in for and that stable has left.
func (p *plans) look(routes []*Route) {
	for _, n := range p.byService {
		n.left = n.closed && !slices.ContainsFunc(routes, func(r *Route) bool {
			return slices.ContainsFunc(r.targets, func(t *Target) bool { return t.service == n.Scope.Name && t.variant == stable })
		})
	}
}

// unknown lists what the scope of p does not have.
func (b *builder) unknown(p *plan) {
	if p.routes == 0 {
		b.problem(p.problem(fmt.Sprintf("there is no %s %s", p.Scope.Kind, p.Scope.Name)))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(p.Shares)) {
		if !p.variants[name] {
			b.problem(p.problem(fmt.Sprintf("no route of %s has a variant %s; there is %s", p.Scope, name,
				strings.Join(slices.Sorted(maps.Keys(p.variants)), ", "))))
		}
	}
}

// problem says what came of an intent.
func (in *Intent) problem(reason string) Problem {
	p := Problem{Source: "intent", Text: in.Scope.String(), Reason: reason}
	if in.Scope.Kind == "service" {
		p.Service = in.Scope.Name
	}
	for _, name := range slices.Sorted(maps.Keys(in.Shares)) {
		p.Text += fmt.Sprintf(" %s=%s", name, in.Shares[name])
	}
	return p
}

// why describes an intent for Variant.Why.
func (in *Intent) why() string {
	text := "intent"
	if in.By != "" {
		text += " of " + in.By
	}
	if in.Reason != "" {
		text += ": " + in.Reason
	}
	return text
}
