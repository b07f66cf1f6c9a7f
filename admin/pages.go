package admin

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"weir/route"
)

//go:embed pages
var pages embed.FS

// routesPage serves /routes, a plain table.
func (a *Admin) routesPage(w http.ResponseWriter, r *http.Request) {
	state := struct {
		Base, Version string
		Status        Status
		Routes        []Route
		Problems      []route.Problem
	}{Base: a.base(), Version: a.Version, Status: a.status(), Problems: a.Publisher.Problems()}
	for _, rt := range a.Live.Load().Routes() {
		state.Routes = append(state.Routes, a.routeState(rt))
	}
	a.page(w, http.StatusOK, "routes.html", state)
}

// manualPage serves /manual and what is below it, a form for an override text.
func (a *Admin) manualPage(w http.ResponseWriter, r *http.Request) {
	path := a.manualPath(r, "/manual")
	state := struct {
		Base, Path, CSRF string
		Paths            []string
		manual
		Error string
		Saved bool
	}{Base: a.base(), Path: path, CSRF: askerOf(r.Context()).Session.CSRF}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
		if err != nil {
			http.Error(w, "version is not a number", http.StatusBadRequest)
			return
		}
		state.manual = manual{strings.ReplaceAll(r.PostFormValue("value"), "\r\n", "\n"), version}
		if err := a.writeManual(r, path, state.manual); err != nil {
			status, state.Error = err.status, err.text
		} else {
			state.Saved = true
		}
	}
	var err error
	if state.Error == "" {
		state.Value, state.manual.Version, err = a.readManual(r.Context(), path)
	}
	if err == nil {
		state.Paths, err = a.paths(r.Context())
	}
	if err != nil {
		status, state.Error = http.StatusServiceUnavailable, err.Error()
	}
	a.page(w, status, "manual.html", state)
}

// page fills a template. html/template escapes what comes from tags and texts.
func (a *Admin) page(w http.ResponseWriter, status int, name string, data any) {
	t, err := template.New(name).Funcs(template.FuncMap{"percent": percent}).ParseFS(pages, "pages/"+name)
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// percent prints a share of 0 to 1 with at most two decimals.
func percent(share float64) string {
	return strconv.FormatFloat(float64(int(share*10000+0.5))/100, 'f', -1, 64) + "%"
}

func (a *Admin) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "pages/style.css")
}
