package peers_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/rollout/controller"
	"weir/rollout/event"
	"weir/rollout/peers"
	"weir/rollout/verdict"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counted is an answer with everything that counters can have in it.
func counted(name string) controller.Answer {
	c := verdict.NewCounter(name, 7, verdict.Rules{Events: []event.Event{event.HTTPStatus, event.ConnectFail}, Unit: verdict.Clients})
	for i := range uint32(2000) {
		c.Count(verdict.Drawn{Generation: 3, Weight: 1000, Candidate: i%10 == 0, Client: i * 2654435761, Met: event.Set(0).With(event.HTTPStatus)})
	}
	r := c.Report()
	return controller.Answer{Proxy: name, Scopes: map[string]controller.Applied{
		"service/web":        {Generation: 3, Rollout: "r1", Report: &r},
		"route/app.test/api": {Generation: 9},
	}}
}

func shared(context.Context) ([]byte, error) { return []byte("a secret of the whole fleet"), nil }

// proven sends what h writes, with the proof of a proxy of the fleet.
func proven(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		h(answer, r)
		w.Header().Set("Weir-Peer", peers.Prove(r, shared, answer.Body.Bytes()))
		w.Write(answer.Body.Bytes())
	}
}

// client closes with the test.
func client(t *testing.T, base string) *peers.Client {
	c := peers.New(base, shared)
	t.Cleanup(func() { c.Close() })
	return c
}

func address(s *httptest.Server) controller.Proxy {
	return controller.Proxy{Name: "p1", Admin: s.Listener.Addr().String()}
}

// TestWhatIsSaidIsHeard asks a proxy that has counted.
func TestWhatIsSaidIsHeard(t *testing.T) {
	want := counted("p1")
	mux := http.NewServeMux()
	mux.Handle("GET /ui"+peers.Path, peers.Handler(func() controller.Answer { return want }, shared))
	server := httptest.NewServer(mux)
	defer server.Close()
	c := client(t, "/ui/")
	for range 3 {
		got, err := c.Ask(t.Context(), address(server))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := text(got), text(want); a != b {
			t.Errorf("heard\n%.500s\nwant\n%.500s", a, b)
		}
		if !reflect.DeepEqual(got, want) {
			t.Error("the answer is another after the journey")
		}
	}
}

func text(a controller.Answer) string { b, _ := json.Marshal(a); return string(b) }

// TestBadPeers bounds what others can do to who asks them.
func TestBadPeers(t *testing.T) {
	left := make(chan bool)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }, "answers 503 Service Unavailable"},
		"another server": {proven(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }), `the answer "<html>" is none`},
		"nothing":        {proven(func(http.ResponseWriter, *http.Request) {}), "is none"},
		"more than one":  {proven(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{} {}`) }), "is none"},
		"a cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, `{`)
		}, "unexpected EOF"},
		"too much":     {func(w http.ResponseWriter, _ *http.Request) { endless(w) }, "more than 33554432 bytes"},
		"a large head": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 64<<10)) }, "exceeded"},
		"somewhere else": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "answers 302 Found"},
		"an odd sample": {proven(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.Replace(text(counted("p1")), `"level":`, `"level":9`, 1))
		}), "sample of level"},
		"an odd event": {proven(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.ReplaceAll(text(counted("p1")), `http_5xx`, `fun`))
		}), `bad event "fun"`},
		"no secret": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Weir-Peer", "x")
			io.WriteString(w, text(counted("p1")))
		}, "it does not know the secret"},
		"all time of all": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); left <- true }, "context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			defer server.Close()
			limit := 30 * time.Second
			if strings.HasPrefix(name, "all time") {
				limit = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			got, err := client(t, "").Ask(ctx, address(server))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if got.Proxy != "" || got.Scopes != nil {
				t.Errorf("with an error it answers %+v", got)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				<-left
			}
		})
	}
}

// endless writes JSON that has no end, until nobody reads it.
func endless(w io.Writer) {
	_, err := io.WriteString(w, `{"proxy":"`)
	for chunk := strings.Repeat("x", 1<<20); err == nil; {
		_, err = io.WriteString(w, chunk)
	}
}

// TestOnlyTheFleetIsProven lets nobody ask who does not know the secret.
func TestOnlyTheFleetIsProven(t *testing.T) {
	other := func(context.Context) ([]byte, error) { return []byte("a secret of somebody else"), nil }
	for name, c := range map[string]struct {
		secret peers.Secret
		want   bool
	}{"the fleet": {shared, true}, "somebody else": {other, false}} {
		var got bool
		s := peers.Handler(func() controller.Answer { return counted("p1") }, c.secret)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = s.Proven(r)
			s.ServeHTTP(w, r)
		}))
		_, err := client(t, "").Ask(t.Context(), address(server))
		server.Close()
		if got != c.want || (err == nil) != c.want {
			t.Errorf("%s: proven %v, %v", name, got, err)
		}
	}
	if peers.Handler(nil, shared).Proven(httptest.NewRequest(http.MethodGet, peers.Path, nil)) {
		t.Error("somebody without a proof is proven")
	}
}

// TestOnTLS asks a proxy whose certificate nobody has signed.
func TestOnTLS(t *testing.T) {
	server := httptest.NewTLSServer(peers.Handler(func() controller.Answer { return counted("p1") }, shared))
	defer server.Close()
	at := address(server)
	at.Admin = "https://" + at.Admin
	if a, err := client(t, "").Ask(t.Context(), at); err != nil || a.Proxy != "p1" {
		t.Error(a.Proxy, err)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, addr := range []string{"", "host", "a b:1", "host:1/x", "host:1?x", "host:x", "[::1", "user@host:1"} {
		_, err := client(t, "").Ask(t.Context(), controller.Proxy{Name: "p1", Admin: addr})
		if err == nil || !strings.Contains(err.Error(), "want host:port") && !strings.Contains(err.Error(), "invalid") {
			t.Errorf("%q: %v", addr, err)
		}
	}
}

// FuzzAnswer reads what a peer may send: what is taken can be said again, and is
// the same then.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(text(counted("p1"))))
	f.Add([]byte(`{"proxy":"p","scopes":{"service/web":{"generation":1,"report":{"proxy":"p","epoch":1,"generations":null}}}}`))
	f.Add([]byte(`{"proxy":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := peers.Read(strings.NewReader(string(b)))
		if err != nil {
			t.Skip()
		}
		again, err := peers.Read(strings.NewReader(text(a)))
		if err != nil || text(again) != text(a) {
			t.Fatalf("%s\nbecomes\n%s\n%v", text(a), text(again), err)
		}
	})
}
