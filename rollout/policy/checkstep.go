package policy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"weir/rollout/verdict"
	"weir/route"
)

// steps checks each step and their order.
func (c *checker) steps(p *Policy) {
	if !p.Controls() {
		c.unless(len(p.Steps) == 0, "steps", "", fmt.Sprintf("want none with strategy: %s, which moves no traffic", p.Strategy))
		return
	}
	for i := range p.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		if kinds := p.Steps[i].kinds(); len(kinds) != 1 {
			c.wrong(path, strings.Join(kinds, ", "), "want exactly one of "+strings.Join(stepKinds(), ", "))
			continue
		}
		c.step(&p.Steps[i], path)
		c.order(p.Steps, i, path)
	}
	if last := len(p.Steps) - 1; p.Steps[last].Promote == nil {
		c.wrong("steps", "", "want promote as the last step, such as promote: {}")
	}
	n := p.WeightSteps()
	c.unless(n >= 1 && n <= verdict.MaxSteps, "steps", "", fmt.Sprintf("want 1 to %d steps that set a weight, there are %d", verdict.MaxSteps, n))
}

// step checks the values of one step.
func (c *checker) step(s *Step, path string) {
	switch {
	case s.Analysis != nil:
		c.unless(s.Analysis.Max > 0, path+".analysis.max", s.Analysis.Max.String(), "want more than 0s")
	case s.Bake != nil:
		c.unless(s.Bake.Duration > 0, path+".bake.duration", "", "want a duration, such as 15m")
	case s.Mirror != nil:
		for i, m := range s.Mirror.Methods {
			c.unless(slices.Contains(repeatable(), m), fmt.Sprintf("%s.mirror.methods[%d]", path, i), m,
				"want one of "+strings.Join(repeatable(), ", ")+": the others may not be sent twice")
		}
	case s.Gate != nil:
		c.gate(s.Gate, path+".gate")
	}
}

// repeatable are the methods that do nothing but answer (RFC 9110 section 9.2.1),
// so that a request may be sent a second time; TRACE is for no service.
func repeatable() []string { return []string{"GET", "HEAD", "OPTIONS"} }

func (c *checker) gate(g *Gate, path string) {
	c.unless(g.Name != "", path+".name", "", "want a name")
	c.unless(g.Timeout > 0, path+".timeout", g.Timeout.String(), "want more than 0s")
	q := g.Prometheus
	switch {
	case (g.Webhook == "") == (q == nil):
		c.wrong(path, "", "want either a webhook or a prometheus query")
	case q == nil:
		c.url(g.Webhook, path+".webhook")
	default:
		c.url(q.URL, path+".prometheus.url")
		c.unless(q.Query != "", path+".prometheus.query", "", "want a query")
		c.unless(q.Min != nil || q.Max != nil, path+".prometheus", "", "want min, max or both")
		c.unless(q.Min == nil || q.Max == nil || *q.Min <= *q.Max, path+".prometheus", "", "want a min that is not above max")
	}
}

func (c *checker) url(text, path string) {
	u, err := url.Parse(text)
	c.unless(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "", path, text, "want a URL with http:// or https://")
}

// order checks what step i needs before it.
func (c *checker) order(steps []Step, i int, path string) {
	s, before := &steps[i], steps[:i]
	top := topWeight(before)
	baked := slices.ContainsFunc(before, func(s Step) bool { return s.Bake != nil })
	switch {
	case s.Promote != nil && i != len(steps)-1:
		c.wrong(path, "promote", "want it as the last step")
	case s.Preview != nil && i != 0:
		c.wrong(path, "preview", "want it as the first step")
	case s.SetWeight != nil && *s.SetWeight <= top:
		c.wrong(path+".set_weight", s.SetWeight.String(), fmt.Sprintf("want more than the %s before it: weights rise", top))
	case s.SetWeight != nil && baked:
		c.wrong(path+".set_weight", s.SetWeight.String(), "want no weight after bake")
	case (s.Analysis != nil || s.Bake != nil) && top == 0:
		c.wrong(path, s.kinds()[0], "want a set_weight before it: at weight 0 there is nothing to compare")
	case s.Bake != nil && baked:
		c.wrong(path, "bake", "want it once")
	case s.Gate != nil && slices.ContainsFunc(before, func(b Step) bool { return b.Gate != nil && b.Gate.Name == s.Gate.Name }):
		c.wrong(path+".gate.name", s.Gate.Name, "want a name of its own")
	}
}

// topWeight is the greatest weight that the steps set.
func topWeight(steps []Step) (top route.Weight) {
	for _, s := range steps {
		if s.SetWeight != nil {
			top = max(top, *s.SetWeight)
		}
	}
	return top
}

// WeightSteps is how many steps set a weight; for each of them the verdict has
// a planned start.
func (p *Policy) WeightSteps() (n int) {
	for _, s := range p.Steps {
		if s.SetWeight != nil {
			n++
		}
	}
	return n
}

// kinds are the keys that the step has.
func (s *Step) kinds() (names []string) {
	for i, set := range []bool{s.Preview != nil, s.SetWeight != nil, s.Pause != nil, s.Analysis != nil,
		s.Mirror != nil, s.Gate != nil, s.Bake != nil, s.Promote != nil} {
		if set {
			names = append(names, stepKinds()[i])
		}
	}
	return names
}

func stepKinds() []string {
	return []string{"preview", "set_weight", "pause", "analysis", "mirror", "gate", "bake", "promote"}
}
