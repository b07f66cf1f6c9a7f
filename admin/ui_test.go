package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// TestTheBuiltPagesAreServed below ui.path, and only their files for good.
func TestTheBuiltPagesAreServed(t *testing.T) {
	files := fstest.MapFS{
		"index.html":       {Data: []byte("<!doctype html><title>weir</title>")},
		"assets/page-1.js": {Data: []byte("show()")},
	}
	for _, c := range []struct {
		path   string
		status int
		body   string
		kept   bool
	}{
		{"/ui/", 200, "<title>weir", false},
		{"/ui/assets/page-1.js", 200, "show()", true},
		{"/ui/assets/page-2.js", 404, "", false},
		{"/ui/secret", 404, "", false},
		{"/ui", 301, "", false},
	} {
		w := httptest.NewRecorder()
		built("/ui", files).ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
		kept := strings.Contains(w.Header().Get("Cache-Control"), "immutable")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) || kept != c.kept {
			t.Errorf("%s: %d %q %v", c.path, w.Code, w.Body.String(), w.Header())
		}
	}
}
