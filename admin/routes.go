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
	Total      int     `json:"total" doc:"How many routes fit, of which these are a part"`
	Routes     []Route `json:"routes" nullable:"false"`
}

// PageInput asks for a part of a list.
type PageInput struct {
	Limit  int `query:"limit" minimum:"0" maximum:"10000" doc:"How many at most; 0 or absent: all" example:"50"`
	Offset int `query:"offset" minimum:"0" maximum:"10000000" doc:"How many are left out at the beginning"`
}

// page is the part of n that is asked for.
func (in *PageInput) page(n int) (from, to int) {
	from = min(in.Offset, n)
	if in.Limit == 0 {
		return from, n
	}
	return from, min(from+in.Limit, n)
}

// Route is a route of the current table.
type Route struct {
	Key      string    `json:"key" example:"app.example.com/" doc:"Host and path, and conditions, or :PORT"`
	Host     string    `json:"host,omitempty" example:"app.example.com"`
	Path     string    `json:"path,omitempty" example:"/"`
	When     string    `json:"when,omitempty" example:"header=x-beta method=GET" doc:"What it asks of a request besides host and path; part of the key"`
	Services []string  `json:"services" nullable:"false"`
	Strategy string    `json:"strategy,omitempty" example:"rnd" doc:"How a target is picked within a variant"`
	Sticky   string    `json:"sticky,omitempty" example:"backend" doc:"Name of the cookie by which clients stay with their target"`
	Variants []Variant `json:"variants" nullable:"false" doc:"Candidates first, stable last"`
	Curl     string    `json:"curl,omitempty" doc:"Asks this proxy for it; absent where the host is a pattern, or no listener takes it"`
	Link     *Link     `json:"link,omitempty" doc:"Where it can be looked at, if ui.routingtable.source.linkenabled says so"`
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
	Q       string `query:"q" maxLength:"200" doc:"Only routes of which host, path, a service or a target's address, instance, version or tag holds this text"`
	Host    string `query:"host" doc:"Only routes whose host holds this text"`
	Service string `query:"service" doc:"Only routes of this service"`
	PageInput
}

type routesOutput struct{ Body RouteList }

func (a *Admin) registerRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-routes", Method: http.MethodGet, Path: "/api/v1/routes",
		Summary: "Routes with their variants, effective shares and why", Tags: []string{"routes"},
	}, func(_ context.Context, in *routesInput) (*routesOutput, error) {
		var fit []*route.Route
		for _, r := range a.Live.Load().Routes() {
			if in.matches(r) {
				fit = append(fit, r)
			}
		}
		from, to := in.page(len(fit))
		list := RouteList{Generation: a.Publisher.Status().Generation, Total: len(fit), Routes: []Route{}}
		for _, r := range fit[from:to] {
			list.Routes = append(list.Routes, a.routeState(r))
		}
		return &routesOutput{list}, nil
	})
}

func (in *routesInput) matches(r *route.Route) bool {
	return strings.Contains(r.Host(), strings.ToLower(in.Host)) &&
		(in.Service == "" || slices.Contains(r.Services(), in.Service)) && (in.Q == "" || holds(r, strings.ToLower(in.Q)))
}

// holds reports whether q, in lower case, is in what a person may know a route by.
func holds(r *route.Route, q string) bool {
	is := func(text string) bool { return strings.Contains(strings.ToLower(text), q) }
	if is(r.Key()) || slices.ContainsFunc(r.Services(), is) {
		return true
	}
	for _, v := range r.Variants() {
		for _, t := range v.Targets {
			if is(t.Addr()) || is(t.Instance()) || is(t.Version()) || is(t.Variant()) || slices.ContainsFunc(t.Tags(), is) {
				return true
			}
		}
	}
	return false
}

func (a *Admin) routeState(r *route.Route) Route {
	state := Route{Key: r.Key(), Host: r.Host(), Path: r.Path(), When: r.Conditions(), Services: r.Services(), Strategy: string(r.Strategy()), Sticky: r.Sticky(), Variants: []Variant{}, Curl: a.curl(r), Link: a.link(r)}
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
