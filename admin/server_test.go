package admin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/registry"
	"weir/route"
)

func TestHealth(t *testing.T) {
	away := []registry.SourceStatus{{Name: "consul", At: time.Now().Add(-time.Hour), Err: "away"}}
	for name, c := range map[string]struct {
		draining bool
		status   registry.Status
		want     string
		stale    bool
	}{
		"ready":    {false, registry.Status{Ready: true}, "200 OK\n", false},
		"stale":    {false, registry.Status{Ready: true, Sources: away}, "200 OK\n", true},
		"waiting":  {false, registry.Status{}, "503 waiting for the first complete routing table\n", false},
		"draining": {true, registry.Status{Ready: true}, "503 shutting down\n", false},
	} {
		h := serve(t, "", func(a *Admin) { a.Draining = func() bool { return c.draining } })
		h.publisher.status.Store(&c.status)
		r := h.ask(t, http.MethodGet, "/health", "")
		stale := r.header.Get("Weir-Stale-Seconds") // of an hour ago, and what the test took
		if got := fmt.Sprint(r.status, " ", r.body); got != c.want || strings.HasPrefix(stale, "36") != c.stale {
			t.Errorf("%s: %q stale %q", name, got, stale)
		}
	}
}

func TestEmptyTableIsNullAsInFabio(t *testing.T) {
	h := serve(t, "")
	if r := h.ask(t, http.MethodGet, "/api/routes", ""); r.body != "null" {
		t.Error(r.body)
	}
}

func TestWhatIsDownIsInTheAPIButNotInFabios(t *testing.T) {
	h := serve(t, "")
	table, _ := route.Build(route.Input{Instances: []route.Instance{
		{Service: "web", ID: "web-1", Address: "10.0.0.1", Port: 80, Tags: []string{"urlprefix-web.test/"}, Up: true},
		{Service: "web", ID: "web-2", Address: "10.0.0.2", Port: 80, Tags: []string{"urlprefix-web.test/"}},
	}})
	h.Live.Store(table)
	if r := h.ask(t, http.MethodGet, "/api/routes", ""); !strings.Contains(r.body, "10.0.0.1") || strings.Contains(r.body, "10.0.0.2") {
		t.Error(r.body)
	}
	var list RouteList
	h.ask(t, http.MethodGet, "/api/v1/routes", "").into(t, &list)
	if v := list.Routes[0].Variants[0]; v.Up != 1 || v.Total != 2 || v.Targets[1].Instance != "web-2" || v.Targets[1].Up {
		t.Errorf("%+v", v)
	}
}

func TestWritesAreRefusedWhereOthersCanReach(t *testing.T) {
	h := serve(t, twoVersions)
	var log bytes.Buffer
	h.Log = slog.New(slog.NewTextHandler(&log, nil))
	ctx, cancel := context.WithCancel(t.Context())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := h.Run(ctx, everywhere{ln}); err != nil {
			t.Error(err)
		}
	})
	defer wg.Wait()
	defer cancel()
	h.url = "http://" + ln.Addr().String()
	for request, want := range map[string]int{
		"PUT /api/v1/weights/service/web": 403,
		"POST /api/v1/cutover":            403,
		"PUT /api/manual":                 403,
		"POST /manual":                    403,
		"GET /api/v1/weights/service/web": 200,
		"GET /api/manual":                 200,
	} {
		method, path, _ := strings.Cut(request, " ")
		r := h.ask(t, method, path, "")
		if r.status != want || want == 403 && !strings.Contains(r.body, "no authentication") {
			t.Errorf("%s: %d %s", request, r.status, r.body)
		}
	}
	if !strings.Contains(log.String(), "admin serves reads only") {
		t.Error("nothing about it in the log:", log.String())
	}
}

// everywhere is a listener on loopback that says it is on all addresses.
type everywhere struct{ net.Listener }

func (everywhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 9998} }

func TestRunEndsWithItsContextAndIdleClients(t *testing.T) {
	a := serve(t, "").Admin
	ctx, cancel := context.WithCancel(t.Context())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, ln) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Error("the idle connection is still open:", err)
	}
}

func TestBigRequestsAreRefused(t *testing.T) {
	h := serve(t, twoVersions)
	long := strings.Repeat("x", 70<<10)
	for _, c := range []struct {
		name, method, path, body, header string
		want                             int
	}{
		{"body of v1", http.MethodPut, "/api/v1/weights/service/web", `{"reason":"` + long + `"}`, "X: y", 413},
		{"body of text", http.MethodPut, "/api/manual", `{"value":"` + strings.Repeat("#", maxBody) + `"}`, "X: y", 413},
		{"header", http.MethodGet, "/health", "", "X: " + long, 431},
	} {
		if r := h.ask(t, c.method, c.path, c.body, c.header); r.status != c.want {
			t.Errorf("%s: %d, want %d", c.name, r.status, c.want)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	h := serve(t, "")
	address := strings.TrimPrefix(h.url, "http://")
	for range maxConns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("one more connection was not closed")
	}
}

func TestAnswersAreSafeForBrowsers(t *testing.T) {
	hostile := `route add "><script> x.test/ http://a/` // must not even parse
	if bad := route.CheckCommands(route.Commands{Text: hostile}, route.Options{}); len(bad) == 0 {
		t.Fatal("accepted", hostile)
	}
	h := serve(t, `route add web web.test/<script>alert(1)</script> http://10.0.0.1/ tags "<img src=x>" opts "variant=<b>"
route wait <script>`)
	h.publisher.status.Store(&registry.Status{Sources: []registry.SourceStatus{{Name: "<i>", Err: "<script>"}}})
	h.Overrides.(*overrides).texts["/</textarea><script>"] = override{"</textarea><script>", 1}
	for _, path := range []string{"/routes", "/manual", "/manual/%3C%2Ftextarea%3E%3Cscript%3E", "/api/routes", "/api/v1/routes"} {
		r := h.ask(t, http.MethodGet, path, "")
		if r.status != 200 || strings.Contains(r.header.Get("Content-Type"), "html") && strings.Contains(r.body, "<script") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
		if csp := r.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, r.header)
		}
	}
}

func TestManualPageSaves(t *testing.T) {
	h := serve(t, twoVersions)
	form := "Content-Type: application/x-www-form-urlencoded"
	r := h.ask(t, http.MethodPost, "/manual/a", "version=0&value=route+del+web%0D%0Aroute+del+db", form)
	if r.status != 200 || !strings.Contains(r.body, "Saved.") || !strings.Contains(r.body, `name="version" value="10"`) {
		t.Error(r.status, r.body)
	}
	if got := h.Overrides.(*overrides).texts["/a"].text; got != "route del web\nroute del db" {
		t.Errorf("%q", got)
	}
	r = h.ask(t, http.MethodPost, "/manual/a", "version=10&value=wrong", form)
	if r.status != 400 || !strings.Contains(r.body, "line 1:") || !strings.Contains(r.body, ">wrong</textarea>") {
		t.Error("the text that was refused must stay in the form:", r.status, r.body)
	}
}
