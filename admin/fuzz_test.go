package admin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"weir/route"
)

// FuzzPutWeights: no body makes a server error, and what is accepted makes a
// table in which the whole is shared out.
func FuzzPutWeights(f *testing.F) {
	f.Add(canaryAt5)
	f.Add(`{"shares":{"canary":0.25,"stable":"75%"},"for":"1h","by":"a","reason":"b","index":0}`)
	f.Add(`{"shares":{"canary":1e400}}`)
	f.Add(`{"shares":null,"expires":"2030-01-01T00:00:00Z"}`)
	f.Add("{\"shares\":{\"\xff\":[[[\"\"]]]}}")
	h := serve(f, twoVersions)
	handler := h.Handler("")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1/api/v1/weights/service/web", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code != 200 {
			return
		}
		rt := h.Live.Load().HTTP("web.test", "/", false)
		sum := 0.0
		for _, v := range rt.Variants() {
			sum += v.Share
		}
		if sum < 0.9999 || sum > 1.0001 || rt.Pick(route.Draw{}) == nil {
			t.Fatalf("%s makes %v", body, rt.Variants())
		}
	})
}

// FuzzRolloutPath: whatever a route's key is, with its slashes escaped the mux
// sees it as one segment. With the slashes as they are it sees the same, unless a
// GET of a key looks like what is below a shorter one.
func FuzzRolloutPath(f *testing.F) {
	f.Add("app.test/", false)
	f.Add("/api", true)
	f.Add(":9000", true)
	f.Add("app.test//x%2F/history", false)
	f.Fuzz(func(t *testing.T, key string, command bool) {
		method, below := http.MethodGet, "/history"
		if command {
			method, below = http.MethodPost, "/promote"
		}
		escaped := "/api/v1/rollouts/route/" + url.PathEscape(key) + below
		plain := strings.ReplaceAll(escaped, "%2F", "/")
		for _, path := range []string{escaped, plain} {
			u, err := url.Parse(path)
			if err != nil {
				t.Skip()
			}
			got := keyAsOneSegment(&http.Request{Method: method, URL: u}, "/api/v1/")
			if got.URL.EscapedPath() != escaped {
				t.Fatalf("%s %s is seen as %s, want %s", method, path, got.URL.EscapedPath(), escaped)
			}
		}
	})
}
