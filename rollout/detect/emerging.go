package detect

import (
	"cmp"
	"slices"
	"time"
)

// Emerging is a version that has come and is not taken up yet. The zero value
// is none.
type Emerging struct {
	Key     string        `json:"key"`
	Present time.Duration `json:"present_ns"` // seen without a break
	Passing time.Duration `json:"passing_ns"` // enough of its instances passed without a break
}

// Next follows what is seen after elapsed. isNew says which versions may emerge;
// of several it is the newest. minInstances must be up to pass.
func (e Emerging) Next(seen Seen, isNew func(Group) bool, minInstances int, elapsed time.Duration) Emerging {
	fresh := slices.DeleteFunc(slices.Clone(seen), func(g Group) bool { return g.Key == "" || g.All == 0 || !isNew(g) })
	if len(fresh) == 0 {
		return Emerging{}
	}
	g := slices.MinFunc(fresh, newest)
	if now := Seen(fresh).Find(e.Key); e.Key != "" && now.jobVersion() >= g.jobVersion() && now.All > 0 {
		g = now
	}
	if g.Key != e.Key {
		return Emerging{Key: g.Key}
	}
	e.Present += elapsed
	if e.Passing += elapsed; g.Up < minInstances {
		e.Passing = 0
	}
	return e
}

// First chooses the stable version of a service that weir has never seen:
// instances that are registered as canaries come last, more before fewer, and
// an old job version or lower key before a new one.
func (s Seen) First() (g Group, ok bool) {
	all := slices.DeleteFunc(slices.Clone(s), func(g Group) bool { return g.Key == "" || g.Up == 0 })
	if len(all) == 0 {
		return Group{}, false
	}
	return slices.MinFunc(all, trusted), true
}

func trusted(a, b Group) int {
	canary := func(g Group) int { return min(1, g.Marked+g.Canaries) }
	return cmp.Or(canary(a)-canary(b), b.Up-a.Up, cmp.Compare(a.jobVersion(), b.jobVersion()), cmp.Compare(a.Key, b.Key))
}
