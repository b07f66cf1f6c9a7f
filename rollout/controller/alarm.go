package controller

import (
	"weir/route"
	"weir/store"
)

// hearStates returns what the watch of the states must call. It logs each state
// whose document does not count, and when it counts again.
func (c *Controller) hearStates() func([]store.Entry, error) {
	logged := map[route.Scope]string{}
	return func(list []store.Entry, err error) {
		c.view.hear(list, err)
		all := c.view.all()
		for scope, k := range all {
			if k.problem != "" && k.problem != logged[scope] {
				c.conf.Log.Error("the state of a rollout in the store does not count", "scope", scope.String(), "problem", k.problem)
				logged[scope] = k.problem
			}
		}
		for scope := range logged {
			if all[scope].problem == "" {
				c.conf.Log.Info("the state of a rollout in the store counts again", "scope", scope.String(), "generation", all[scope].state.Generation)
				delete(logged, scope)
			}
		}
	}
}
