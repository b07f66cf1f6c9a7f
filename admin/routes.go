package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/route"
)

// RouteList is the answer of GET /api/v1/routes.
type RouteList struct {
	Generation uint64  `json:"generation" doc:"Number of the table the routes are of"`
	Routes     []Route `json:"routes" nullable:"false"`
}

// Route is a route of the current table.
type Route struct {
	Key      string    `json:"key" example:"app.example.com/" doc:"Host and path, or :PORT"`
	Host     string    `json:"host,omitempty" example:"app.example.com"`
	Path     string    `json:"path,omitempty" example:"/"`
	Services []string  `json:"services" nullable:"false"`
	Variants []Variant `json:"variants" nullable:"false" doc:"Candidates first, stable last"`
}

// Share is what a variant is to get, what it gets, and why.
type Share struct {
	Name  string       `json:"name" example:"canary"`
	Asked route.Weight `json:"asked" example:"25%" doc:"What intents or tags ask for"`
	Share float64      `json:"share" example:"0.25" doc:"What it gets, 0 to 1"`
	Why   string       `json:"why" example:"tags" doc:"Where the share comes from"`
	Up    int          `json:"up" example:"3" doc:"How many of its targets are up"`
	Total int          `json:"total" example:"3" doc:"How many targets it has"`
}

// Variant is a named part of a route's targets.
type Variant struct {
	Share
	Targets []Target `json:"targets" nullable:"false"`
}

// Target is an instance as a route uses it.
type Target struct {
	Service  string   `json:"service"`
	Instance string   `json:"instance,omitempty" doc:"Service ID; absent on a target from a command"`
	Addr     string   `json:"addr,omitempty" example:"10.0.0.1:8080" doc:"Absent on a redirect"`
	URL      string   `json:"url" example:"http://10.0.0.1:8080/"`
	Version  string   `json:"version,omitempty"`
	Variant  string   `json:"variant"`
	Up       bool     `json:"up" doc:"False while it must get no traffic"`
	Share    float64  `json:"share" doc:"Share of the route, 0 to 1"`
	Tags     []string `json:"tags,omitempty"`
	Opts     string   `json:"opts,omitempty" example:"strip=/api"`
}

type routesInput struct {
	Host    string `query:"host" doc:"Only routes whose host holds this text"`
	Service string `query:"service" doc:"Only routes of this service"`
}

type routesOutput struct{ Body RouteList }

func (a *Admin) registerRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-routes", Method: http.MethodGet, Path: "/api/v1/routes",
		Summary: "Routes with their variants, effective shares and why", Tags: []string{"routes"},
	}, func(_ context.Context, in *routesInput) (*routesOutput, error) {
		table := a.Live.Load()
		list := RouteList{Generation: a.Publisher.Status().Generation, Routes: []Route{}}
		for _, r := range table.Routes() {
			if in.matches(r) {
				list.Routes = append(list.Routes, routeState(r))
			}
		}
		return &routesOutput{list}, nil
	})
}

func (in *routesInput) matches(r *route.Route) bool {
	return strings.Contains(r.Host(), strings.ToLower(in.Host)) &&
		(in.Service == "" || slices.Contains(r.Services(), in.Service))
}

func routeState(r *route.Route) Route {
	state := Route{Key: r.Key(), Host: r.Host(), Path: r.Path(), Services: r.Services(), Variants: []Variant{}}
	for _, v := range r.Variants() {
		targets := make([]Target, 0, len(v.Targets))
		for _, t := range v.Targets {
			targets = append(targets, targetState(t))
		}
		state.Variants = append(state.Variants, Variant{shareState(v), targets})
	}
	return state
}

func shareState(v route.Variant) Share {
	s := Share{Name: v.Name, Asked: v.Asked, Share: v.Share, Why: v.Why, Total: len(v.Targets)}
	for _, t := range v.Targets {
		if t.Up() {
			s.Up++
		}
	}
	return s
}

func targetState(t *route.Target) Target {
	return Target{
		Service: t.Service(), Instance: t.Instance(), Addr: t.Addr(), URL: t.URL(),
		Version: t.Version(), Variant: t.Variant(), Up: t.Up(), Share: t.Share(), Tags: t.Tags(), Opts: t.Opts(),
	}
}
