package admin

import (
	"net/http"
	"net/http/httptest"
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
