package admin

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

// builtFiles are pages as npm builds them.
var builtFiles = fstest.MapFS{
	"README":              {Data: []byte("built by make")},
	"index.html":          {Data: []byte("<!doctype html><title>weir</title>")},
	"index.html.gz":       {Data: []byte("packed index")},
	"assets/page-1.js":    {Data: []byte("show()")},
	"assets/page-1.js.gz": {Data: []byte("packed page")},
	"assets/icon-1.svg":   {Data: []byte("<svg/>")},
}

const forGood = "public, max-age=31536000, immutable"

// TestTheBuiltPagesAreServed below ui.path, only assets for good, and compressed
// to who takes that.
func TestTheBuiltPagesAreServed(t *testing.T) {
	for _, c := range []struct {
		path, accepts string
		status        int
		body          string
		want          http.Header // a field that is empty here is absent
	}{
		{"/ui/routes", "", 200, "<!doctype html><title>weir</title>", http.Header{"Cache-Control": {"no-cache"}, "Content-Type": {"text/html; charset=utf-8"}, "Vary": {"Accept-Encoding"}, "Content-Encoding": {""}}},
		{"/ui/routes", "gzip, br", 200, "packed index", http.Header{"Cache-Control": {"no-cache"}, "Content-Type": {"text/html; charset=utf-8"}, "Content-Encoding": {"gzip"}}},
		{"/ui/assets/page-1.js", "br;q=1, GZIP ;q=0.1", 200, "packed page", http.Header{"Cache-Control": {forGood}, "Content-Type": {"text/javascript; charset=utf-8"}, "Content-Encoding": {"gzip"}, "Vary": {"Accept-Encoding"}}},
		{"/ui/assets/page-1.js", "br, gzip;q=0.0", 200, "show()", http.Header{"Cache-Control": {forGood}, "Content-Encoding": {""}}},
		{"/ui/assets/icon-1.svg", "gzip", 200, "<svg/>", http.Header{"Cache-Control": {forGood}, "Content-Type": {"image/svg+xml"}, "Content-Encoding": {""}, "Vary": {""}}},
		{"/ui/assets/page-2.js", "gzip", 404, "404 page not found\n", http.Header{"Cache-Control": {""}}},
		{"/ui/assets/", "", 404, "404 page not found\n", nil},
		{"/ui/secret", "", 404, "404 page not found\n", nil},
		{"/ui", "", 303, "<a href=\"/ui/routes\">See Other</a>.\n\n", http.Header{"Location": {"/ui/routes"}}},
		{"/ui/", "", 303, "<a href=\"/ui/routes\">See Other</a>.\n\n", http.Header{"Location": {"/ui/routes"}}},
	} {
		w := getPage(c.path, http.Header{"Accept-Encoding": {c.accepts}})
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s for %q: %d %q, want %d %q", c.path, c.accepts, w.Code, w.Body.String(), c.status, c.body)
		}
		for name := range c.want {
			if got, want := w.Header().Get(name), c.want.Get(name); got != want {
				t.Errorf("%s for %q: %s is %q, want %q", c.path, c.accepts, name, got, want)
			}
		}
	}
}

// TestAPageThatIsTheSame is not sent again, and its two forms have tags of their own.
func TestAPageThatIsTheSame(t *testing.T) {
	plain := getPage("/ui/routes", nil).Header().Get("ETag")
	packed := getPage("/ui/routes", http.Header{"Accept-Encoding": {"gzip"}}).Header().Get("ETag")
	if plain == packed || plain == "" {
		t.Errorf("tags are %s and %s, want two", plain, packed)
	}
	w := getPage("/ui/routes", http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {packed}})
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("%d %q, want 304 and nothing", w.Code, w.Body.String())
	}
}

func getPage(path string, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header = header
	w := httptest.NewRecorder()
	built("/ui", builtFiles).ServeHTTP(w, r)
	return w
}
