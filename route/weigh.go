package route

import "fmt"

// weigh gives every target and variant of r its share, from tags and commands
// alone. It returns what is wrong with them, or "".
func (r *Route) weigh() (trouble string) {
	asked := make(map[string]float64, 1)
	split(r.targets, func(i int, share float64) { asked[r.targets[i].variant] += share })
	up := living(r.targets)
	scaled := split(up, func(i int, share float64) { up[i].share = share })
	r.variants = group(r.targets)
	sum := 0.0
	for i := range r.variants {
		v := &r.variants[i]
		for _, t := range v.Targets {
			v.Share += t.share
		}
		sum += v.Share
		v.Asked = Weight(asked[v.Name]*float64(Full) + 0.5)
		v.Why = "tags"
		if len(living(v.Targets)) == 0 {
			v.Why = "no instance is up"
		}
	}
	switch {
	case len(up) > 0 && sum == 0:
		return "everything that is up has weight 0, so nobody is picked"
	case scaled > 0:
		return fmt.Sprintf("the weights of all that is up make only %s; nothing without a weight is left, so they were scaled up to 100%%", percent(scaled))
	}
	return ""
}

// living are the targets that are up.
func living(targets []*Target) []*Target {
	for i, t := range targets {
		if !t.up {
			up := append([]*Target(nil), targets[:i]...)
			for _, t := range targets[i:] {
				if t.up {
					up = append(up, t)
				}
			}
			return up
		}
	}
	return targets
}

// seal makes what Pick reads out of the shares.
func (r *Route) seal() {
	sum := 0.0
	for i := range r.variants {
		v := &r.variants[i]
		if v.Share <= 0 {
			continue
		}
		sum += v.Share
		p := part{last: lastDraw(sum)}
		inside := 0.0
		for _, t := range v.Targets {
			if t.share > 0 {
				inside += t.share
				p.targets = append(p.targets, t)
				p.lasts = append(p.lasts, lastDraw(inside/v.Share))
			}
		}
		p.lasts[len(p.lasts)-1] = lastDraw(1)
		r.parts = append(r.parts, p)
	}
	if n := len(r.parts); n > 0 {
		r.parts[n-1].last = lastDraw(1)
	}
}
