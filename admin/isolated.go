package admin

import (
	"slices"

	"weir/rollout/controller"
	"weir/route"
)

// IsolatedRoute leads to the candidate alone, whatever its weight is.
type IsolatedRoute struct {
	Route string `json:"route" example:"canary.app.example.com/"`
	Curl  string `json:"curl,omitempty" doc:"Asks this proxy for it; absent where the hostname is a pattern"`
}

// isolated lists the routes of the hostname that the policy gives the candidate,
// as far as the table has them.
func (a *Admin) isolated(r controller.Rollout) (list []IsolatedRoute) {
	routing := r.Routing()
	if !routing.Isolated || routing.CanaryHost == "" {
		return nil
	}
	policy, table := &r.State.Policy, a.Live.Load().Routes()
	for _, of := range a.find(r.Scope).routes {
		tag := route.Tag{Source: of.Key()}
		name, _ := tag.Host()
		key := tag.OnHost(policy.IsolatedHost(name)).Source
		i := slices.IndexFunc(table, func(rt *route.Route) bool { return rt.Key() == key && rt.Apart() })
		if name != "" && i >= 0 {
			list = append(list, IsolatedRoute{key, a.curl(table[i])})
		}
	}
	return list
}
