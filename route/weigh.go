package route

import "fmt"

// weigh gives every target and variant of r its share by tags and commands
// alone. It returns what is wrong with them, or "".
func (r *Route) weigh() (trouble string) {
	split(r.targets)
	for i := range r.variants {
		v := &r.variants[i]
		v.Asked = Weight(sum(v.Targets)*float64(Full) + 0.5)
	}
	for _, t := range r.targets {
		t.share = 0
	}
	up := living(r.targets)
	scaled := split(up)
	for i := range r.variants {
		v := &r.variants[i]
		v.Share, v.Why = sum(v.Targets), "tags"
		if len(living(v.Targets)) == 0 {
			v.Why = "no instance is up"
		}
	}
	switch {
	case len(up) > 0 && sum(up) == 0:
		return "all that is up has weight 0, so nobody is picked"
	case scaled > 0:
		return fmt.Sprintf("the weights of all that is up make only %s, and nothing without a weight is left: they are scaled up to 100%%", percent(scaled))
	}
	return ""
}

// seal makes what Pick reads out of the shares.
func (r *Route) seal(byIntent bool) {
	r.need()
	if r.strategy == Hash || r.sticky != "" {
		for _, t := range r.targets {
			t.id = hashText([]byte(t.dest.addr))
		}
	}
	total := 0.0
	for i := range r.variants {
		v := &r.variants[i]
		if v.Share <= 0 {
			continue // stable that is down is the last one: what is left of the draws is its
		}
		total += v.Share
		p := newPart(v)
		p.last = lastDraw(total)
		switch {
		case r.strategy == RoundRobin && byIntent:
			p.ring = ring(p.targets)
		case r.strategy.counts():
			p.strategy = r.strategy
		}
		r.parts = append(r.parts, p)
	}
	if len(r.parts) == 0 {
		return
	}
	if r.closed && total < 1-1e-9 {
		r.parts = append(r.parts, part{})
	}
	r.parts[len(r.parts)-1].last = lastDraw(1)
	if r.strategy == RoundRobin && !byIntent {
		r.ring = ring(sharing(r.targets))
	}
}

// newPart cuts the draws among the targets of v that have a share.
func newPart(v *Variant) part {
	p := part{targets: sharing(v.Targets)}
	if len(p.targets) == 1 {
		return p
	}
	total := 0.0
	for _, t := range p.targets {
		total += t.share
		p.lasts = append(p.lasts, lastDraw(total/v.Share))
	}
	p.lasts[len(p.lasts)-1] = lastDraw(1)
	return p
}
