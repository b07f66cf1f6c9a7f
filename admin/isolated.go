package admin

import (
	"net"
	"slices"
	"strings"

	"weir/rollout/controller"
	"weir/route"
)

// Entrance is a listener of this weir.
type Entrance struct {
	Addr  string // where people reach it, host:port
	Proto string // as in the configuration: http, https, tcp, tcp+sni or https+tcp+sni
}

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

// curl is a command that asks for a route; empty when there is no listener for it
// or its host is a pattern.
func (a *Admin) curl(r *route.Route) string {
	if a.Entrances == nil || strings.ContainsAny(r.Key(), `*?[]{}\`) {
		return ""
	}
	passes := slices.ContainsFunc(r.Variants()[0].Targets, (*route.Target).Passthrough)
	wanted := []string{"http", "https", "https+tcp+sni"}
	if passes {
		wanted = []string{"tcp+sni", "https+tcp+sni"}
	}
	all := a.Entrances()
	for _, proto := range wanted {
		if i := slices.IndexFunc(all, func(e Entrance) bool { return e.Proto == proto }); i >= 0 {
			return curl(r, all[i])
		}
	}
	return ""
}

func curl(r *route.Route, at Entrance) string {
	host, port, err := net.SplitHostPort(at.Addr)
	if err != nil {
		return ""
	}
	if at.Proto == "http" {
		return "curl -H 'Host: " + r.Host() + "' 'http://" + at.Addr + r.Path() + "'"
	}
	name, _ := route.Tag{Source: r.Key()}.Host()
	return "curl --connect-to '" + name + ":" + port + ":" + host + ":" + port + "' 'https://" + name + ":" + port + r.Path() + "'"
}
