package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
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

// noOverrides is why there are no texts.
const noOverrides = "this registry keeps no override texts; consul does"

// writeManual writes a text as fabio does: the version only counts where there
// is a text.
func (a *Admin) writeManual(r *http.Request, path string, m manual) *manualError {
	if a.Overrides == nil {
		return &manualError{http.StatusNotImplemented, noOverrides}
	}
	_, current, err := a.Overrides.Read(r.Context(), path)
	if err != nil {
		return &manualError{http.StatusServiceUnavailable, err.Error()}
	}
	index := &m.Version
	if current == 0 {
		index = nil
	}
	_, err = a.writeOverride(r.Context(), OverrideText{Path: path, Text: m.Value}, index, authorOf(r.Context(), ""), "")
	var conflict *OverrideConflict
	var failed huma.StatusError
	switch {
	case errors.As(err, &conflict):
		return &manualError{http.StatusConflict, "version mismatch"}
	case errors.As(err, &failed):
		return &manualError{failed.GetStatus(), failed.Error()}
	}
	return nil
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
