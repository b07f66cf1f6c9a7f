package rollout

import "fmt"

// commandUndo goes back to the stable version of an earlier revision, as long
// as its instances run.
func (r *run) commandUndo(c *Command) string {
	if r.isMoving() || r.Stage == Aborting {
		if c.Revision != 0 && c.Revision != r.Stable.Revision {
			return fmt.Sprintf("a rollout is under way: abort it, and undo to revision %d then", c.Revision)
		}
		if r.isMoving() {
			r.abort(Undone, because("undone", c))
		}
		return ""
	}
	v, ok := r.revision(c.Revision)
	switch {
	case c.Revision != 0 && c.Revision == r.Stable.Revision:
		return fmt.Sprintf("%s of revision %d is stable", r.Stable.Key, r.Stable.Revision)
	case !ok && c.Revision == 0:
		return "no version before this one is known"
	case !ok:
		return fmt.Sprintf("no version of revision %d is known; %s", c.Revision, r.revisions())
	case r.group(v.Key).Up == 0:
		why := fmt.Sprintf("no instance of %s of revision %d is up: deploy it again", v.Key, v.Revision)
		if v.Nomad != nil {
			why += ", " + revertCommand(*v.Nomad)
		}
		return why
	case r.in.Fresh == "":
		return "no ID is given for the rollout"
	}
	r.begin(v, Undone, because(fmt.Sprintf("back to revision %d", v.Revision), c))
	r.Live.Clock.Passing = r.Policy.Detect.Stabilise.Of() // they have passed for long
	return ""
}

// revision is the version that was stable since a revision; with 0 the last one.
func (s *State) revision(n uint64) (v Version, ok bool) {
	for _, p := range s.Past {
		if p.Why == Completed && (n == 0 || p.Revision == n) {
			v, ok = p.Version, true
		}
	}
	return v, ok
}

// revisions lists what can be undone to.
func (s *State) revisions() string {
	list := "there are"
	for _, p := range s.Past {
		if p.Why == Completed {
			list += fmt.Sprintf(" %d (%s)", p.Revision, p.Key)
		}
	}
	if list == "there are" {
		return "there is none"
	}
	return list
}
