// Package admin serves the API, fabio's endpoints and a few plain pages.
package admin

import (
	"crypto/tls"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"weir/admin/auth"
	"weir/certs"
	"weir/metrics/arms"
	"weir/proxy/exchange"
	"weir/route"
)

// Admin is what the API and the pages show and change. All fields are set
// before the first use.
type Admin struct {
	Live      *route.Live
	Publisher Publisher
	Intents   Intents
	Overrides Overrides    // nil where the registry keeps no texts
	Rollouts  Rollouts     // nil where none run
	Metrics   http.Handler // serves /metrics
	// Certificates tells what listeners serve; nil where nobody knows.
	Certificates func(now time.Time) []certs.Status
	Peers        Fleet // serves other proxies at /api/v1/internal/counters; nil where no rollouts run

	// Meter begins to read what the proxy is asked; nil: nobody counts.
	Meter func() Meter

	Journal Journal // keeps who changed what; nil: nobody does

	Auth *auth.Auth  // nil: nobody can log in, and where others can reach it nothing can be changed
	TLS  *tls.Config // of the listener; nil: none
	// Hosts are names by which browsers may reach the listener, besides
	// addresses and localhost.
	Hosts []string

	// Entrances are the listeners that are open; nil where none are told.
	Entrances func() []Entrance

	// Copies tells of the copies that the rollout of a scope has sent to its
	// candidate; nil where none run.
	Copies func(route.Scope) (arms.Copies, bool)

	// UI are the built pages, with index.html at the root; nil: plain pages do.
	UI fs.FS

	// Open tells what clients have open; nil where nobody counts.
	Open func() exchange.Report

	// Options are those the table is built with; override texts are checked
	// against them.
	Options route.Options
	// Links makes links of routes in the pages; nil: they are none.
	Links *Links
	// Config is shown by /api/config. Its secrets print as [redacted].
	Config func() any
	// Settings are the keys that Config was read from, without secrets.
	Settings func() []Setting
	Version  string
	// Path is put before all paths but /health and /metrics (ui.path).
	Path string
	// ReadOnly refuses writes and hides the override texts (ui.access=ro).
	ReadOnly bool
	// Draining reports that the shutdown has begun; nil means never.
	Draining func() bool
	Log      *slog.Logger
}

// base is Path without a slash at its end.
func (a *Admin) base() string { return strings.TrimRight(a.Path, "/") }

// Handler serves everything, but no events come: Run makes them. noWrites says
// why writes are refused; it is empty when they are allowed.
func (a *Admin) Handler(noWrites string) http.Handler { return a.handler(noWrites, newHub()) }

// handler serves everything, with the events of h.
func (a *Admin) handler(noWrites string, h *hub) http.Handler {
	if a.ReadOnly {
		noWrites = "ui.access is ro"
	}
	base := a.base()
	mux := http.NewServeMux()
	mux.HandleFunc("/health", a.health)
	mux.Handle("/metrics", a.Metrics)
	mux.Handle(base+"/api/v1/", a.api())
	mux.HandleFunc("GET "+base+"/api/v1/events", a.events(h))
	if a.Peers != nil {
		mux.Handle("GET "+base+peersPath, a.Peers)
	}
	if a.Auth != nil {
		mux.HandleFunc("GET "+base+"/api/v1/login/oidc", a.toProvider)
		mux.HandleFunc("GET "+base+"/api/v1/login/oidc/callback", a.fromProvider)
	}
	mux.HandleFunc(base+"/api/routes", a.fabioRoutes)
	mux.HandleFunc(base+"/api/config", a.fabioConfig)
	mux.HandleFunc(base+"/api/version", a.fabioVersion)
	a.handleManual(mux)
	if a.UI == nil {
		mux.HandleFunc(base+"/routes", a.routesPage)
	}
	mux.HandleFunc(base+"/style.css", a.style)
	mux.HandleFunc(base+"/favicon.ico", http.NotFound)
	mux.Handle(base+"/", a.home())
	keyed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, keyAsOneSegment(r, base+"/api/v1/"))
	})
	return &guard{admin: a, base: base, readOnly: noWrites, cross: http.NewCrossOriginProtection(), next: keyed}
}

// home serves the built pages, or leads to a plain one.
func (a *Admin) home() http.Handler {
	if a.UI == nil {
		return http.RedirectHandler(a.base()+"/routes", http.StatusSeeOther)
	}
	return built(a.base(), a.UI)
}

// handleManual serves the override texts, or as fabio nothing of them where
// the access is read-only.
func (a *Admin) handleManual(mux *http.ServeMux) {
	paths, text, page := a.manualPaths, a.manualText, a.manualPage
	if a.ReadOnly {
		forbidden := func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "Forbidden", http.StatusForbidden)
		}
		paths, text, page = forbidden, forbidden, forbidden
	}
	base := a.base()
	mux.HandleFunc(base+"/api/paths", paths)
	mux.HandleFunc(base+"/api/manual", text)
	mux.HandleFunc(base+"/api/manual/", text)
	mux.HandleFunc(base+"/manual", page)
	mux.HandleFunc(base+"/manual/", page)
}
