package app

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/admin"
	"weir/route"
)

// copied is a policy whose candidate gets copies before it has clients.
const copied = `
service: web
cohort: {by: "header:X-User"}
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 1ms}
steps: [{mirror: {percent: 100}}, {pause: {}}, {set_weight: 50%}, {pause: {}}, {mirror: {percent: 0}}, {promote: {}}]
`

// broken is a candidate that fails every request, and never answers /hang.
type broken struct {
	copies, others atomic.Int64
	hangs          chan struct{} // is sent to when a request hangs
}

func (b *broken) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == "GET" && r.Header.Get("X-Weir-Mirror") == "1" && r.Header.Get("X-Forwarded-For") != "" && r.Host == "a.test" {
		b.copies.Add(1)
	} else {
		b.others.Add(1)
	}
	if r.URL.Path == "/hang" {
		b.hangs <- struct{}{}
		<-r.Context().Done()
	}
	w.WriteHeader(http.StatusInternalServerError)
}

// start starts the candidate, which speaks HTTP/1.1 and HTTP/2.
func (b *broken) start(t *testing.T) (port int) {
	t.Helper()
	s := httptest.NewUnstartedServer(b)
	s.Config.Protocols = &http.Protocols{}
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().(*net.TCPAddr).Port
}

// TestACandidateIsMirrored: it gets copies, of which no client notices anything
// although it is broken and slow, and which are in no verdict.
func TestACandidateIsMirrored(t *testing.T) {
	for _, proto := range []string{"http", "h2c"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel() // it waits for a time limit
			b := &broken{hangs: make(chan struct{}, 1)}
			v1, v2 := instanceOf(t, "v1"), instanceOf(t, "v2")
			v2.Port, v2.Tags = b.start(t), []string{"urlprefix-a.test/ proto=" + proto, "version=v2"}
			source, at := onePolicy(t, copied, v1)
			source.Set([]route.Instance{v1, v2})
			rolloutIs(t, at, func(r admin.Rollout) bool { return r.Step == 2 && r.AppliedGeneration == r.Generation })
			proxy := "http://" + at.Listeners[0].String()
			for range 20 {
				stableAnswers(t, "GET", proxy+"/")
				stableAnswers(t, "POST", proxy+"/")
			}
			stableAnswers(t, "GET", proxy+"/hang")
			select {
			case <-b.hangs:
			case <-time.After(time.Minute):
				t.Fatal("no copy of /hang came")
			}
			r := rolloutIs(t, at, func(r admin.Rollout) bool { return r.Mirror != nil && r.Mirror.Answers["5xx"] == 20 })
			if m := r.Mirror; m.Percent != 100 || m.HalfSeconds == 0 || r.Observed != nil {
				t.Errorf("mirror %+v, observed %+v", m, r.Observed)
			}
			if b.copies.Load() != 21 || b.others.Load() != 0 {
				t.Errorf("the candidate got %d copies and %d other requests", b.copies.Load(), b.others.Load())
			}
			if text := scrape(t, at); !strings.Contains(text, `weir_mirror_requests_total{result="5xx",service="web",variant="canary"} 20`) ||
				strings.Contains(text, `weir_requests_total{code="5xx",listener="127.0.0.1:0",service="web",variant="canary"}`) {
				t.Errorf("metrics are\n%s", text)
			}
			rolloutIs(t, at, func(r admin.Rollout) bool { return r.Mirror.Failed == 1 }) // /hang, by its time limit
		})
	}
}

// stableAnswers asks for a URL, which v1 must answer.
func stableAnswers(t *testing.T, method, url string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(strings.Repeat("x", len(method)-len("GET"))))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "a.test"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || !strings.HasPrefix(string(body), "v1") {
		t.Fatal(fmt.Errorf("%s %s: %v, %s: %s", method, url, err, resp.Status, body))
	}
}

// scrape returns the metrics.
func scrape(t *testing.T, at Addresses) string {
	t.Helper()
	resp, err := http.Get("http://" + at.Admin.String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
