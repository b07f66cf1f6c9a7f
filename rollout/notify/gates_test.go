package notify

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout/policy"
)

// gates asks again at once.
func gates(t *testing.T) *Gates {
	g := NewGates("s3cret")
	g.again = time.Millisecond
	t.Cleanup(func() { g.Close() })
	return g
}

func TestWebhookGate(t *testing.T) {
	for _, c := range []struct {
		statuses []int
		answer   policy.Answer
		message  string
	}{
		{[]int{200}, policy.Yes, "because\n"},
		{[]int{204}, policy.Yes, ""},
		{[]int{403}, policy.No, "403 Forbidden: because"},
		{[]int{422}, policy.No, "422 Unprocessable Entity: because"},
		{[]int{500, 404, 302, 429, 200}, policy.Yes, ""},
		{[]int{503, 409}, policy.No, "409 Conflict: because"},
	} {
		n := atomic.Int32{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Weir-Signature") == "" {
				t.Error("not signed")
			}
			status := c.statuses[min(int(n.Add(1)), len(c.statuses))-1]
			w.WriteHeader(status)
			if status != http.StatusNoContent {
				fmt.Fprintln(w, "because")
			}
		}))
		said, err := gates(t).Ask(t.Context(), state(), policy.Gate{Name: "g", Webhook: server.URL})
		if err != nil || said.Answer != c.answer || !strings.Contains(said.Message, strings.TrimSpace(c.message)) {
			t.Errorf("%v: %+v, %v; want %s %s", c.statuses, said, err, c.answer, c.message)
		}
		if int(n.Load()) != len(c.statuses) {
			t.Errorf("%v: %d tries", c.statuses, n.Load())
		}
		server.Close()
	}
}

// TestNoAnswer: the gate is asked until its time is over, and the error says
// what came last.
func TestNoAnswer(t *testing.T) {
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "in maintenance", http.StatusServiceUnavailable)
	}))
	defer down.Close()
	hangs := make(chan struct{})
	deaf := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hangs }))
	defer deaf.Close()
	defer close(hangs)
	for to, says := range map[string]string{
		down.URL: "gate g: ", deaf.URL: "gate g: context deadline exceeded", "http://" + testenv.RefusedAddr(t): "gate g: ",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		said, err := gates(t).Ask(ctx, state(), policy.Gate{Name: "g", Webhook: to + "/?token=hidden"})
		cancel()
		if err == nil || !strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %+v, error %v, want %s", to, said, err, says)
		}
	}
}

func TestPrometheusGate(t *testing.T) {
	low, high := 0.5, 2.0
	vector := func(values ...string) string {
		for i, v := range values {
			values[i] = fmt.Sprintf(`{"metric":{},"value":[1700000000.1,%q]}`, v)
		}
		return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(values, ",") + `]}}`
	}
	for _, c := range []struct {
		body   string
		answer policy.Answer // empty: none
		says   string
	}{
		{vector("1"), policy.Yes, "1"},
		{`{"status":"success","data":{"resultType":"scalar","result":[1700000000,"0.5"]}}`, policy.Yes, "0.5"},
		{vector("0.25"), policy.No, "0.25 is below min 0.5"},
		{vector("+Inf"), policy.No, "+Inf is above max 2"},
		{vector("NaN"), "", `the query gives "NaN", want a number`},
		{vector(), "", "the query gives 0 values, want one"},
		{vector("1", "2"), "", "the query gives 2 values, want one"},
		{`{"status":"success","data":{"resultType":"matrix","result":[]}}`, "", "the query gives a matrix"},
		{`{"status":"error","errorType":"bad_data","error":"parse error"}`, "", "prometheus: parse error"},
		{`<html>`, "", "not an answer of Prometheus"},
	} {
		var query string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query = r.URL.Path + " " + r.FormValue("query")
			fmt.Fprint(w, c.body)
		}))
		p := &policy.Prometheus{URL: server.URL + "/", Query: `sum(rate(x[1m]))`, Min: &low, Max: &high}
		said, err := gates(t).query(t.Context(), p)
		text := said.Message
		if err != nil {
			text = err.Error()
		}
		if said.Answer != c.answer || (err == nil) != (c.answer != "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: %+v, %v; want %s %s", c.body, said, err, c.answer, c.says)
		}
		if query != "/api/v1/query sum(rate(x[1m]))" {
			t.Errorf("asked %s", query)
		}
		server.Close()
	}
}

// FuzzReadValue: whatever is read as a value is a number, and the plainest
// answer with that number is read as the same.
func FuzzReadValue(f *testing.F) {
	f.Add([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"2"]}]}}`))
	f.Add([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1]}}`))
	f.Add([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,2,"3"]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := readValue(text)
		if err != nil {
			t.Skip()
		}
		again, err := readValue(fmt.Appendf(nil, `{"status":"success","data":{"resultType":"scalar","result":[0,"%g"]}}`, v))
		if err != nil || again != v {
			t.Errorf("%s gives %g, which is read as %g (%v)", text, v, again, err)
		}
	})
}
