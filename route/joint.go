package route

import (
	"fmt"
	"slices"
	"strings"
)

// joint are the options that count for a route as a whole. The first target that
// gives one decides.
type joint struct {
	given    []option // as they were read
	strategy Strategy
	hash     HashKey
	sticky   string // name of a cookie
	retrying retrying
}

// read reads an option that counts for the whole route.
func (j *joint) read(o option) (err error) {
	switch o.key {
	case "lb":
		if j.strategy = Strategy(o.value); !slices.Contains(Strategies(), j.strategy) {
			err = fmt.Errorf("lb=%s is none of %v", clip(o.value, 40), Strategies())
		}
	case "retry", "retryon":
		err = j.retrying.read(o)
	case "sticky":
		j.sticky, err = o.value, checkCookie(o.value)
	case "hash":
		j.hash, err = parseHashKey(o.value)
	}
	j.given = append(j.given, o)
	return err
}

// parseHashKey reads client, header:NAME and cookie:NAME.
func parseHashKey(text string) (HashKey, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch {
	case text == "client":
		return HashKey{Kind: kind}, nil
	case kind == "header" && isToken(name):
		return HashKey{kind, strings.ToLower(name)}, nil
	case kind == "cookie" && isToken(name):
		return HashKey{kind, name}, nil
	}
	return HashKey{}, fmt.Errorf("hash=%s is none of client, header:NAME, cookie:NAME", clip(text, 100))
}

// agree collects the options of r as a whole and lists those that another target
// has given otherwise before.
func (b *builder) agree(r *Route) {
	r.strategy = b.opts.Strategy
	var all joint
	for _, t := range r.targets {
		if t.settings.joint == nil {
			continue
		}
		for _, o := range t.settings.joint.given {
			i := slices.IndexFunc(all.given, func(other option) bool { return other.key == o.key })
			if i < 0 {
				all.read(o) // it was read before
			} else if all.given[i] != o {
				b.trouble(t, fmt.Sprintf("%s=%s has no effect: another target of %s says %s=%s, which counts for the route", o.key, o.value, r.Key(), o.key, all.given[i].value))
			}
		}
	}
	if all.given == nil {
		return
	}
	if r.hash, r.sticky, r.retrying = all.hash, all.sticky, all.retrying; all.strategy != "" {
		r.strategy = all.strategy
	}
	for _, note := range all.idle(r) {
		b.problem(Problem{"route", r.targets[0].service, "", r.Key(), note})
	}
}

// idle says which options of r cannot have an effect.
func (j *joint) idle(r *Route) (notes []string) {
	tcp := r.targets[0].Passthrough()
	if j.hash.Kind != "" && r.strategy != Hash {
		notes = append(notes, "hash= has no effect without lb=hash")
	}
	if tcp && (j.hash.Kind == "header" || j.hash.Kind == "cookie") {
		notes = append(notes, "hash="+j.hash.Kind+":"+j.hash.Name+" has no effect on TCP connections: the client's address counts")
	}
	if tcp && j.sticky != "" {
		notes = append(notes, "sticky="+j.sticky+" has no effect on TCP connections")
	}
	if tcp && j.retrying.times > 0 {
		notes = append(notes, "retry= has no effect on TCP connections: another target is asked as long as none has answered")
	}
	if slices.ContainsFunc(j.given, func(o option) bool { return o.key == "retryon" }) && j.retrying.times == 0 {
		notes = append(notes, "retryon= has no effect without retry=")
	}
	return notes
}
