package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Status is the answer of GET /api/v1/status.
type Status struct {
	Version  string   `json:"version"`
	Ready    bool     `json:"ready" doc:"The first complete table is in use"`
	Draining bool     `json:"draining" doc:"The shutdown has begun"`
	Table    Table    `json:"table"`
	Problems int      `json:"problems" doc:"How many problems the table has"`
	Sources  []Source `json:"sources" nullable:"false"`
	// Emergencies are said loudly, since nobody else knows of them.
	Emergencies []string `json:"emergencies,omitempty" doc:"Candidates that have weight 0 on this proxy alone"`
}

// Table tells of the current routing table.
type Table struct {
	Generation   uint64    `json:"generation" doc:"Grows with each table that changes routing"`
	Published    time.Time `json:"published,omitzero"`
	AgeSeconds   float64   `json:"age_seconds"`
	BuildSeconds float64   `json:"build_seconds" doc:"How long it took to build"`
	Routes       int       `json:"routes"`
	Targets      int       `json:"targets"`
}

// Source is where a part of the table comes from.
type Source struct {
	Name         string    `json:"name" example:"consul 127.0.0.1:8500"`
	LastSuccess  time.Time `json:"last_success,omitzero" doc:"When what is used of it was read; absent: never"`
	StaleSeconds float64   `json:"stale_seconds" doc:"How old what is used may be; 0 while it can be read"`
	Error        string    `json:"error,omitempty" doc:"Why it cannot be read"`
	Saved        bool      `json:"saved,omitempty" doc:"What is used was saved by the run before"`
}

// Problem is a tag, command line or intent that had no effect or not the whole.
type Problem struct {
	Source   string `json:"source" example:"tag"`
	Service  string `json:"service,omitempty"`
	Instance string `json:"instance,omitempty"`
	Text     string `json:"text" doc:"The offending text"`
	Reason   string `json:"reason"`
}

type statusOutput struct{ Body Status }
type problemsOutput struct {
	Body struct {
		Problems []Problem `json:"problems" nullable:"false"`
	}
}
type versionOutput struct {
	Body struct {
		Version string `json:"version"`
	}
}

func (a *Admin) registerStatus(api huma.API) {
	get := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"status"}}
	}
	huma.Register(api, get("get-status", "/api/v1/status", "Table, sources and readiness"),
		func(context.Context, *struct{}) (*statusOutput, error) { return &statusOutput{a.status()}, nil })
	huma.Register(api, get("list-problems", "/api/v1/problems", "What the table could not honour, and why"),
		func(context.Context, *struct{}) (*problemsOutput, error) {
			out := &problemsOutput{}
			out.Body.Problems = []Problem{}
			for _, p := range a.Publisher.Problems() {
				out.Body.Problems = append(out.Body.Problems, Problem(p))
			}
			return out, nil
		})
	huma.Register(api, get("get-version", "/api/v1/version", "Version of this weir"),
		func(context.Context, *struct{}) (*versionOutput, error) {
			out := &versionOutput{}
			out.Body.Version = a.Version
			return out, nil
		})
}

func (a *Admin) status() Status {
	s, now := a.Publisher.Status(), time.Now()
	table := Table{Generation: s.Generation, Published: s.Published, BuildSeconds: s.BuildTime.Seconds(), Routes: s.Routes}
	for range a.Live.Load().Targets() {
		table.Targets++
	}
	if !s.Published.IsZero() {
		table.AgeSeconds = now.Sub(s.Published).Seconds()
	}
	sources := []Source{}
	for _, o := range s.Sources {
		sources = append(sources, Source{o.Name, o.At, o.Stale(now).Seconds(), o.Err, o.Saved})
	}
	return Status{
		Version: a.Version, Ready: s.Ready, Draining: a.Draining != nil && a.Draining(),
		Table: table, Problems: len(a.Publisher.Problems()), Sources: sources, Emergencies: a.emergencies(),
	}
}

func (a *Admin) emergencies() (list []string) {
	if a.Rollouts == nil {
		return nil
	}
	for _, r := range a.Rollouts.List() {
		if r.Emergency != nil {
			list = append(list, r.Scope.String()+": "+r.Emergency.String())
		}
	}
	return list
}
