package admin

import (
	"cmp"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
)

// fabioRoute is a target as fabio's /api/routes shows it.
type fabioRoute struct {
	Service string   `json:"service"`
	Host    string   `json:"host"`
	Path    string   `json:"path"`
	Src     string   `json:"src"`
	Dst     string   `json:"dst"`
	Opts    string   `json:"opts"`
	Cmd     string   `json:"cmd"`
	Tags    []string `json:"tags,omitempty"`
	Weight  float64  `json:"weight"`
	Rate1   float64  `json:"rate1"` // always 0, in fabio too
	Pct99   float64  `json:"pct99"` // always 0, in fabio too
}

// fabioRoutes serves /api/routes. As in fabio the list of an empty table is
// null, what is down is not in it, hosts go forwards and paths backwards.
func (a *Admin) fabioRoutes(w http.ResponseWriter, r *http.Request) {
	table := a.Live.Load()
	if _, raw := r.URL.Query()["raw"]; raw {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, table.Commands())
		return
	}
	var list []fabioRoute
	for rt, t := range table.Targets() {
		if !t.Up() {
			continue
		}
		list = append(list, fabioRoute{
			Service: t.Service(), Host: rt.Host(), Path: rt.Path(), Src: rt.Host() + rt.Path(), Dst: t.URL(),
			Opts: t.Opts(), Cmd: "route add", Tags: t.Tags(), Weight: round(t.Share()),
		})
	}
	slices.SortStableFunc(list, func(a, b fabioRoute) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(b.Path, a.Path))
	})
	writeJSON(w, r, list)
}

// round hides what floating point adds: 0.95 and not 0.9500000000000001.
func round(share float64) float64 { return math.Round(share*1e9) / 1e9 }

// fabioConfig serves /api/config.
func (a *Admin) fabioConfig(w http.ResponseWriter, r *http.Request) { writeJSON(w, r, a.Config()) }

// fabioVersion serves /api/version.
func (a *Admin) fabioVersion(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, a.Version)
}

// writeJSON answers as fabio does, indented where the query says ?pretty.
func writeJSON(w http.ResponseWriter, r *http.Request, v any) {
	indent := ""
	if _, pretty := r.URL.Query()["pretty"]; pretty {
		indent = "    "
	}
	b, err := marshal(v, indent)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(b)
}

func marshal(v any, indent string) ([]byte, error) {
	if indent == "" {
		return json.Marshal(v)
	}
	return json.MarshalIndent(v, "", indent)
}
