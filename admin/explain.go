package admin

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/route"
)

// Explanation says where a request goes, and why.
type Explanation struct {
	Host    string   `json:"host" example:"app.example.com" doc:"As routes are looked up by it"`
	Path    string   `json:"path" example:"/login" doc:"In its normal form"`
	Route   *Route   `json:"route,omitempty" doc:"Absent: no route takes it"`
	Variant string   `json:"variant,omitempty" example:"canary"`
	Chance  float64  `json:"chance" doc:"Of the variant, for such a request: its share, or 1 where it does not depend on chance"`
	Target  *Target  `json:"target,omitempty" doc:"One of those that it may go to; absent: none is up"`
	URL     string   `json:"url,omitempty" doc:"What the target is asked for"`
	Cookie  bool     `json:"cookie,omitempty" doc:"The answer would set a cookie, by which the client is known again"`
	Rollout string   `json:"rollout,omitempty" doc:"ID of the rollout that splits the route"`
	Why     []string `json:"why" nullable:"false" example:"[\"the route app.example.com/ has the longest path that fits\"]" doc:"Step by step"`
}

type explainInput struct {
	Host    string   `query:"host" required:"true" maxLength:"300" example:"web.test"`
	Path    string   `query:"path" maxLength:"4000" default:"/" example:"/"`
	TLS     bool     `query:"tls" doc:"It comes by TLS"`
	Method  string   `query:"method" maxLength:"40" default:"GET" example:"GET"`
	Client  string   `query:"client" maxLength:"100" example:"192.0.2.1" doc:"Address of the client"`
	Headers []string `query:"header,explode" maxItems:"100" example:"[\"Cookie: a=b\"]" doc:"A header field of the request, once for each"`
}
type explainOutput struct{ Body Explanation }

func (a *Admin) registerExplain(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "explain-route", Method: http.MethodGet, Path: "/api/v1/routes:explain",
		Summary: "Where a request goes, and why", Description: "Nothing is sent and nothing is counted.",
		Tags: []string{"routes"}, Errors: []int{400},
	}, func(_ context.Context, in *explainInput) (*explainOutput, error) {
		e, err := a.explain(in)
		return &explainOutput{e}, err
	})
}

// imagined is a request that nobody has made.
type imagined struct {
	method, query string
	fields        map[string][]string // by names in lower case
	client        netip.Addr
}

func (r *imagined) Method() []byte { return []byte(r.method) }
func (r *imagined) Query() string  { return r.query }

func (r *imagined) Header(lower string, n int) []byte {
	if list := r.fields[lower]; n < len(list) {
		return []byte(list[n])
	}
	return nil
}
func (r *imagined) Client() netip.Addr { return r.client }
func (r *imagined) Connection() uint64 { return rand.Uint64() }

// imagine reads the client of a request.
func (in *explainInput) imagine() (*imagined, error) {
	r := &imagined{method: in.Method, fields: map[string][]string{}}
	if in.Client != "" {
		addr, err := netip.ParseAddr(in.Client)
		if err != nil {
			return nil, badValue("client", in.Client, fmt.Sprintf("client is %q, which is no IP address", in.Client))
		}
		r.client = addr
	}
	for _, h := range in.Headers {
		name, value, ok := strings.Cut(h, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); !ok || name == "" {
			return nil, badValue("header", h, fmt.Sprintf("header is %q, want Name: value", h))
		}
		r.fields[name] = append(r.fields[name], strings.TrimSpace(value))
	}
	return r, nil
}

func (a *Admin) explain(in *explainInput) (e Explanation, err error) {
	client, err := in.imagine()
	if err != nil {
		return e, err
	}
	path, query, _ := strings.Cut(in.Path, "?")
	if e.Path, err = route.NormalPath(path); err != nil {
		return e, badValue("path", in.Path, fmt.Sprintf("a request for %q gets 400: %v", in.Path, err))
	}
	client.query = query
	e.Host, e.Why = route.NormalHost(in.Host, in.TLS), []string{}
	r := a.Live.Load().Match(e.Host, e.Path, in.TLS, client)
	if r == nil {
		e.because("no route has this host and path: weir answers by itself")
		return e, nil
	}
	state := a.routeState(r)
	e.Route = &state
	e.because("the route %s is the first whose host fits, with the longest path that fits", r.Key())
	if r.Conditions() != "" {
		e.because("the request meets its conditions: %s", r.Conditions())
	}
	if t := e.draw(r, client); t != nil {
		e.target(t, client, query)
	} else {
		e.because("none of its instances is up: weir answers 503")
	}
	return e, nil
}

func (e *Explanation) because(format string, args ...any) {
	e.Why = append(e.Why, fmt.Sprintf(format, args...))
}

// draw picks as the proxy would.
func (e *Explanation) draw(r *route.Route, client *imagined) *route.Target {
	d, fixed := route.Draw{Variant: rand.Uint64(), Target: rand.Uint64()}, false
	if trial, weight := r.Trial(); trial != nil {
		ticket := trial.Splitter.Request(client, rand.Uint64)
		again := trial.Splitter.Request(client, rand.Uint64)
		d.Variant, d.Pinned = ticket.Variant, ticket.Pinned
		e.Rollout, e.Cookie = trial.Rollout, ticket.Cookie != ""
		fixed = ticket.Pinned != "" || ticket.Variant == again.Variant
		switch {
		case ticket.Pinned != "":
			e.because("the policy of the rollout gives this client %s, whatever its weight is", ticket.Pinned)
		case fixed:
			e.because("the client is known, and stays: its draw is at %s, and what is below %v gets %s", draw(ticket.Variant), weight, trial.Candidate)
		case e.Cookie:
			e.because("the client is not known yet: it draws, and a cookie keeps the draw")
		}
	}
	if r.Strategy() == route.Hash {
		d.Hash = r.HashKey().Of(client)
		fixed = fixed || e.Rollout == ""
		e.because("the route gives a client that is known by its %s the same target again", cmp.Or(r.HashKey().Name, "address"))
	}
	t := r.Pick(d)
	if t == nil {
		return nil
	}
	e.Variant, e.Chance = t.Variant(), 1
	for _, v := range r.Variants() {
		if v.Name != e.Variant {
			continue
		}
		e.because("%s has %s of the route: %s", v.Name, percent(v.Share), v.Why)
		if !fixed {
			e.Chance = v.Share
		}
	}
	if !fixed && e.Chance < 1 {
		e.because("each such request draws anew, so that the next may get another variant")
	}
	return t
}

// draw prints a draw as a share.
func draw(variant uint64) string { return percent(float64(variant) / (1 << 64)) }

// target says what becomes of the request at a target.
func (e *Explanation) target(t *route.Target, client *imagined, query string) {
	state := targetState(t)
	e.Target = &state
	switch {
	case t.Redirect() != nil:
		e.because("weir redirects it to %s", t.Redirect().Location(e.Host, e.Path, query))
		return
	case t.Restricted() && !client.client.IsValid():
		e.because("whether it is let in depends on the client's address, which is not given")
	case t.Restricted() && !t.Allows(client.client):
		e.because("its access rules refuse %s: weir answers 403", client.client)
	}
	if t.Auth() != "" {
		e.because("the client has to bring credentials of the scheme %s", t.Auth())
	}
	e.URL = t.Scheme() + "://" + t.Addr() + string(t.AppendPath(nil, e.Path))
	if query != "" {
		e.URL += "?" + query
	}
}
