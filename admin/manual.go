package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"weir/admin/auth"
	"weir/route"
	"weir/store"
)

// manual is an operator's text as fabio's /api/manual carries it.
type manual struct {
	Value   string `json:"value"`
	Version uint64 `json:"version,string"`
}

// manualPaths serves /api/paths, the keys below the KV path.
func (a *Admin) manualPaths(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		http.Error(w, "not allowed", http.StatusMethodNotAllowed)
		return
	}
	paths, err := a.paths(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	writeJSON(w, r, paths)
}

// manualText serves /api/manual and what is below it.
func (a *Admin) manualText(w http.ResponseWriter, r *http.Request) {
	path := a.manualPath(r, "/api/manual")
	switch r.Method {
	case http.MethodGet:
		text, version, err := a.readManual(r.Context(), path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		writeJSON(w, r, manual{text, version})
	case http.MethodPut:
		var m manual
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			http.Error(w, err.Error(), decodeStatus(err))
			return
		}
		if err := a.writeManual(r, path, m); err != nil {
			http.Error(w, err.text, err.status)
		}
	default:
		http.Error(w, "not allowed", http.StatusMethodNotAllowed)
	}
}

// manualPath is what follows the endpoint, "" or "/a/b".
func (a *Admin) manualPath(r *http.Request, endpoint string) string {
	return strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, a.base()+endpoint), "/")
}

func decodeStatus(err error) int {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// manualError is why a text was not written.
type manualError struct {
	status int
	text   string
}

// writeManual checks a text and writes it. A version that is not current is
// told first: who edits an old text has to look again whatever it says.
func (a *Admin) writeManual(r *http.Request, path string, m manual) *manualError {
	if a.Overrides == nil {
		return &manualError{http.StatusNotImplemented, "this registry keeps no override texts; consul does"}
	}
	if err := may(r.Context(), auth.Operator, "override texts, which are about all services"); err != nil {
		return &manualError{http.StatusForbidden, err.Error()}
	}
	mismatch := &manualError{http.StatusConflict, "version mismatch"}
	_, current, err := a.Overrides.Read(r.Context(), path)
	if err == nil && current != 0 && current != m.Version {
		return mismatch
	}
	if bad := a.checkManual(path, m.Value); bad != "" {
		return &manualError{http.StatusBadRequest, bad}
	}
	err = a.Overrides.Write(r.Context(), path, m.Value, m.Version)
	if changed := (*store.ConflictError)(nil); errors.As(err, &changed) {
		return mismatch
	}
	if err != nil {
		return &manualError{http.StatusServiceUnavailable, err.Error()}
	}
	return nil
}

// checkManual lists the lines of a text that could never have an effect; empty
// when it is good.
func (a *Admin) checkManual(path, text string) string {
	bad := route.CheckCommands(route.Commands{Source: "line", Text: text}, a.Options)
	lines := make([]string, len(bad))
	for i, p := range bad {
		lines[i] = fmt.Sprintf("%s: %q: %s", strings.Replace(p.Source, ":", " ", 1), p.Text, p.Reason)
	}
	if len(bad) == 0 {
		return ""
	}
	return fmt.Sprintf("nothing was written to %q:\n%s", path, strings.Join(lines, "\n"))
}

// paths lists the override texts; none where the registry keeps none.
func (a *Admin) paths(ctx context.Context) ([]string, error) {
	if a.Overrides == nil {
		return nil, nil
	}
	return a.Overrides.Paths(ctx)
}

// readManual reads an override text; where the registry keeps none it is empty.
func (a *Admin) readManual(ctx context.Context, path string) (string, uint64, error) {
	if a.Overrides == nil {
		return "", 0, nil
	}
	return a.Overrides.Read(ctx, path)
}
