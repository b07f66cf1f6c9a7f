package policy

import "fmt"

// Accept is Parse for a policy that is to be followed: what it asks for that no
// proxy does yet is a problem too, as it would be followed only in part.
func Accept(text []byte) (Policy, error) {
	p, err := Parse(text)
	if err != nil {
		return p, err
	}
	if missing := p.unbuilt(); len(missing) > 0 {
		return p, missing
	}
	return p, nil
}

func (p *Policy) unbuilt() Problems {
	const want = "is not built yet"
	c := &checker{}
	for i := range p.Steps {
		c.unless(p.Steps[i].Mirror == nil, fmt.Sprintf("steps[%d].mirror", i), "", want)
	}
	return c.problems
}
