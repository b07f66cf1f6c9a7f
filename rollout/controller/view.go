package controller

import (
	"maps"
	"sync"

	"weir/rollout"
	"weir/rollout/policyfile"
	"weir/route"
	"weir/store"
)

// view is what this proxy knows of states and policies. It is safe for
// concurrent use.
type view struct {
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	known    bool          // states were read, or need not be waited for
	states   map[route.Scope]known
	strays   []route.Problem // documents among the states that are none
	policies []Policy
	stored   []store.Entry     // policies in the store
	files    []policyfile.File // and in files
	others   []string          // proxies whose files are others, as the leader sees it
	// readStore and readFiles say that these two were read.
	readStore, readFiles bool
	err                  error // why the store cannot be read now
	local                map[route.Scope]Emergency
}

func newView(states []rollout.State, local map[route.Scope]Emergency) *view {
	v := &view{changed: make(chan struct{}), states: map[route.Scope]known{}, local: local}
	for _, s := range states {
		v.states[s.Scope] = known{state: s}
	}
	return v
}

// update changes the view and wakes who waits.
func (v *view) update(change func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change()
	close(v.changed)
	v.changed = make(chan struct{})
}

func (v *view) change() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// all is every scope of which something is known.
func (v *view) all() map[route.Scope]known {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.states)
}

func (v *view) one(s route.Scope) known {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.states[s]
}

// emergencies are those that are in force here.
func (v *view) emergencies() map[route.Scope]Emergency {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.local)
}

// isKnown reports whether states were read, or need not be waited for.
func (v *view) isKnown() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.known
}

// away is why the store cannot be read now; nil when it can.
func (v *view) away() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

// isIdle reports whether there is nothing to lead.
func (v *view) isIdle() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.states)+len(v.policies) == 0
}

func (v *view) allPolicies() (list []Policy, read bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.policies, v.readStore && v.readFiles
}

// hear follows what the store says of states.
func (v *view) hear(list []store.Entry, err error) {
	v.update(func() {
		if v.err = err; err != nil {
			return
		}
		v.known, v.strays = true, nil
		there := map[route.Scope]bool{}
		for _, e := range list {
			scope, err := scopeOf(e.Key)
			if err != nil {
				v.strays = append(v.strays, route.Problem{Source: "rollout", Text: e.Key, Reason: err.Error()})
				continue
			}
			there[scope] = true
			v.states[scope] = v.states[scope].follow(e)
		}
		for scope, k := range v.states {
			switch {
			case there[scope]:
			case k.exists() && k.state.Routing().Controlled:
				v.states[scope] = k.lose()
			default: // nothing routes otherwise without it
				delete(v.states, scope)
			}
		}
		v.calm()
	})
}
