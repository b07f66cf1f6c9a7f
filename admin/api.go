package admin

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// api serves /api/v1. huma checks requests against the same types that its
// OpenAPI document is made of. Its own pages of the document load scripts from
// elsewhere, so ours is another.
func (a *Admin) api() http.Handler {
	mux := http.NewServeMux()
	api := humago.NewWithPrefix(mux, a.base(), huma.Config{
		OpenAPI: &huma.OpenAPI{Info: &huma.Info{
			Title:       "weir",
			Version:     "1",
			Description: "Routes, weights, rollouts and health of a weir proxy. Errors are problem details (RFC 9457) with a code.",
		}, Servers: []*huma.Server{{URL: cmp.Or(a.base(), "/")}}},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{coded},
	})
	a.registerLogin(api)
	a.registerRoutes(api)
	a.registerExplain(api)
	a.registerInstances(api)
	a.registerWeights(api)
	a.registerCutover(api)
	if !a.ReadOnly { // fabio hides the texts then
		a.registerOverrides(api)
	}
	a.registerAudit(api)
	a.registerConfig(api)
	a.registerCertificates(api)
	a.registerStatus(api)
	a.registerEvents(api)
	if a.Rollouts != nil {
		a.registerRollouts(api)
		a.registerCommands(api)
		a.registerPolicies(api)
		a.registerPeers(api)
	}
	describeWrites(api.OpenAPI())
	describeFailures(api.OpenAPI())
	err := describeExamples(api.OpenAPI())
	if err != nil {
		panic(err) // they are compiled in
	}
	document, err := marshal(api.OpenAPI(), "  ")
	if err != nil {
		panic(err) // the document is made of our types alone
	}
	mux.HandleFunc("GET "+a.base()+"/api/v1/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(document)
	})
	mux.HandleFunc("GET "+a.base()+"/api/v1/docs", a.serveReference(api.OpenAPI()))
	return &v1{base: a.base(), mux: mux}
}

// describeWrites adds what holds for all writes to the document.
func describeWrites(doc *huma.OpenAPI) {
	for _, o := range operations(doc) {
		if o.Method == http.MethodGet || changesNothing(o.Path) || isOpen(o.Path) {
			continue
		}
		o.Parameters = append(o.Parameters,
			&huma.Param{Name: "dry_run", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean}, Description: "Check everything and change nothing"},
			&huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Description: "A second write with the same gets the first one's answer, for ten minutes"},
		)
	}
}

// v1 is the API's mux with answers of its own where no operation matches.
type v1 struct {
	base string
	mux  *http.ServeMux
}

func (v *v1) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := v.mux.Handler(r); pattern != "" {
		v.mux.ServeHTTP(w, r)
		return
	}
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := v.mux.Handler(&other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		writeProblem(w, fail(UnknownPath, "there is no "+r.URL.Path+"; see "+v.base+"/api/v1/openapi.json", params{"path": r.URL.Path}))
		return
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	writeProblem(w, fail(MethodNotAllowed, r.Method+" is not allowed here, only "+list, params{"method": r.Method, "allowed": list}))
}
