package admin

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/proxy/exchange"
	"weir/rollout/detect"
	"weir/route"
)

// InstanceList is the answer of GET /api/v1/instances.
type InstanceList struct {
	Fresh     bool       `json:"fresh" doc:"All sources can be read now"`
	Total     int        `json:"total" doc:"How many fit, of which these are a part"`
	Instances []Instance `json:"instances" nullable:"false" doc:"As the registry tells them, in its order"`
}

// Instance is a registration of a service.
type Instance struct {
	Service    string          `json:"service" example:"web"`
	ID         string          `json:"id"`
	Node       string          `json:"node,omitempty"`
	Datacenter string          `json:"datacenter,omitempty"`
	Addr       string          `json:"addr" example:"10.0.0.1:8080"`
	Up         bool            `json:"up" doc:"False while it must get no traffic"`
	Allocation string          `json:"allocation,omitempty" doc:"Nomad's allocation"`
	Tags       []string        `json:"tags" nullable:"false"`
	Routes     []InstanceRoute `json:"routes" nullable:"false" doc:"On which it is a target now"`
	Draining   *InstanceDrain  `json:"draining,omitempty" doc:"It gets no new clients, and what they have open with its version is being ended; absent: nothing is"`
}

// InstanceDrain is the drain of the version that an instance is of.
type InstanceDrain struct {
	Scope string `json:"scope" example:"service/web" doc:"Of the rollout"`
	RolloutDrain
}

// InstanceRoute is a route on which an instance is a target.
type InstanceRoute struct {
	Key     string  `json:"key" example:"app.example.com/"`
	Variant string  `json:"variant" example:"stable"`
	Version string  `json:"version,omitempty"`
	Share   float64 `json:"share" doc:"Of the route, 0 to 1"`
}

type instancesInput struct {
	Service string `query:"service" doc:"Only instances of this service"`
	Q       string `query:"q" maxLength:"200" doc:"Only those of which service, ID, node, address, allocation or a tag holds this text"`
	PageInput
}
type instancesOutput struct{ Body InstanceList }

func (a *Admin) registerInstances(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-instances", Method: http.MethodGet, Path: "/api/v1/instances",
		Summary: "What runs, and on which routes", Tags: []string{"routes"},
	}, func(_ context.Context, in *instancesInput) (*instancesOutput, error) {
		all, fresh := a.Publisher.Instances()
		var fit []*route.Instance
		for i := range all {
			if in.matches(&all[i]) {
				fit = append(fit, &all[i])
			}
		}
		from, to := in.page(len(fit))
		out := &instancesOutput{InstanceList{Fresh: fresh, Total: len(fit), Instances: []Instance{}}}
		routes, drains := a.routesOf(fit[from:to]), a.drains()
		for _, i := range fit[from:to] {
			state := instanceState(i, routes[spotOf(i)])
			state.Draining = drains[route.Name{Service: i.Service, Instance: i.ID}]
			out.Body.Instances = append(out.Body.Instances, state)
		}
		return out, nil
	})
}

func (in *instancesInput) matches(i *route.Instance) bool {
	if in.Service != "" && i.Service != in.Service {
		return false
	}
	q := strings.ToLower(in.Q)
	is := func(text string) bool { return strings.Contains(strings.ToLower(text), q) }
	return q == "" || is(i.Service) || is(i.ID) || is(i.Node) || is(addrOf(i)) || slices.ContainsFunc(i.Tags, is)
}

// spot is by what a target's instance is known. IDs are unique on a node only.
type spot struct{ service, id, addr string }

func spotOf(i *route.Instance) spot { return spot{i.Service, i.ID, addrOf(i)} }

func addrOf(i *route.Instance) string { return net.JoinHostPort(i.Address, strconv.Itoa(i.Port)) }

// routesOf looks for the routes of some instances.
func (a *Admin) routesOf(some []*route.Instance) map[spot][]InstanceRoute {
	found := make(map[spot][]InstanceRoute, len(some))
	for _, i := range some {
		found[spotOf(i)] = nil
	}
	for r, t := range a.Live.Load().Targets() {
		at := spot{t.Service(), t.Instance(), t.Addr()}
		if list, wanted := found[at]; wanted {
			found[at] = append(list, InstanceRoute{r.Key(), t.Variant(), t.Version(), t.Share()})
		}
	}
	return found
}

func instanceState(i *route.Instance, routes []InstanceRoute) Instance {
	state := Instance{Service: i.Service, ID: i.ID, Node: i.Node, Datacenter: i.Datacenter, Addr: addrOf(i), Up: i.Up, Tags: i.Tags, Routes: routes}
	state.Allocation, _ = detect.AllocationID(i.ID)
	if state.Tags == nil {
		state.Tags = []string{}
	}
	if state.Routes == nil {
		state.Routes = []InstanceRoute{}
	}
	return state
}

// drains are those that are not over, by the instances that they are about.
func (a *Admin) drains() map[route.Name]*InstanceDrain {
	found := map[route.Name]*InstanceDrain{}
	if a.Open == nil {
		return found
	}
	left := a.Open().Draining
	for _, d := range a.Live.Load().Drains() {
		at := slices.IndexFunc(left, func(l exchange.Draining) bool { return l.Scope == d.Scope && l.Version == d.Version })
		if at < 0 {
			continue
		}
		for _, name := range d.Instances {
			found[name] = &InstanceDrain{d.Scope.String(), RolloutDrain{d.Version, left[at].Left, left[at].Until}}
		}
	}
	return found
}
