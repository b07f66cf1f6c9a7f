package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/admin/journal"
	"weir/intent"
	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/inproc"
	"weir/registry/static"
	"weir/rollout/controller"
	"weir/route"
	"weir/store"
	"weir/store/embedded"
)

// twoVersions is a service with a canary on its production host, one that can
// only be reached by its own host, and a service of another team.
const twoVersions = `
route add web web.test/ http://10.0.0.1:80/ tags "v1" opts "variant=stable"
route add web web.test/ http://10.0.0.2:80/ weight 0.25 opts "variant=canary strip=/p"
route add web canary.web.test/ http://10.0.0.2:80/ opts "variant=canary"
route add web /api http://10.0.0.1:80/
route add db :9000 tcp://10.0.0.9:5432
`

// harness is an Admin that serves on a socket, over a real store.
type harness struct {
	*Admin
	intents   *intent.Store
	publisher *publisher
	source    *inproc.Source // of instances, besides the commands
	rollouts  *controller.Controller
	store     *testenv.Outage // of the rollouts
	url       string
}

// serve starts an Admin on loopback, with a table of commands that follows the
// store. change may change it before it starts.
func serve(t testing.TB, commands string, change ...func(*Admin)) *harness {
	t.Helper()
	entries, err := embedded.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := embedded.Open(filepath.Join(t.TempDir(), "journal")) // of its own, so that indices are those of weights
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{intents: intent.In(entries), source: inproc.New(), store: testenv.NewOutage(entries)}
	live, log := &route.Live{}, slog.New(slog.DiscardHandler)
	h.rollouts = controller.New(controller.Config{Store: h.store, Name: "edge-1", Log: log, Every: 5 * time.Millisecond})
	h.publisher = &publisher{Publisher: registry.NewPublisher(registry.Config{
		Sources: []registry.Source{static.Source{Routes: commands}, h.source}, Intents: h.intents, Rollouts: h.rollouts, Live: live, Log: log,
	})}
	h.rollouts.Publisher = h.publisher
	h.rollouts.Table = func() controller.Table {
		s := h.publisher.Status()
		return controller.Table{Generation: s.Generation, Published: s.Published, Routes: s.Routes, Digest: controller.Digest(live.Load())}
	}
	h.Admin = &Admin{
		Live: live, Publisher: h.publisher, Intents: h.intents, Overrides: &overrides{texts: map[string]override{}}, Rollouts: h.rollouts,
		Metrics: http.NotFoundHandler(), Version: "1.2.3", Log: log, Certificates: served, Journal: &journal.Journal{Store: changes, Log: log},
		Settings: func() []Setting {
			return []Setting{{Key: "registry.consul.token", Value: "[redacted]", From: "weir.yaml:3"}, {Key: "ui.access", Value: "rw", Default: "rw"}}
		},
		Config: func() any { return map[string]any{"Registry": map[string]string{"Token": "[redacted]"}} },
	}
	for _, do := range change {
		do(h.Admin)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = h.publisher.Run(ctx) })
	wg.Go(func() { _ = h.rollouts.Run(ctx) })
	<-h.publisher.Ready()
	h.url = "http://" + listen(t, ctx, &wg, h.Admin)
	t.Cleanup(func() { cancel(); wg.Wait(); entries.Close(); changes.Close() })
	return h
}

// listen runs a on a free port of loopback until ctx ends.
func listen(t testing.TB, ctx context.Context, wg *sync.WaitGroup, a *Admin) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wg.Go(func() {
		if err := a.Run(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// publisher is a registry.Publisher of which a test may replace answers.
type publisher struct {
	*registry.Publisher
	status atomic.Pointer[registry.Status] // in place of its own
	deaf   atomic.Bool                     // it never hears of a write
}

func (p *publisher) Status() registry.Status {
	if s := p.status.Load(); s != nil {
		return *s
	}
	return p.Publisher.Status()
}

func (p *publisher) Applied(s route.Scope) uint64 {
	if p.deaf.Load() {
		return 0
	}
	return p.Publisher.Applied(s)
}

// override is a text and its version.
type override struct {
	text    string
	version uint64
}

// overrides keeps texts as Consul's KV does.
type overrides struct {
	mu    sync.Mutex
	texts map[string]override
	index uint64
	err   error // of all calls
}

func (o *overrides) Paths(context.Context) (paths []string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for path := range o.texts {
		paths = append(paths, path)
	}
	return paths, o.err
}

func (o *overrides) Read(_ context.Context, path string) (string, uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.texts[path].text, o.texts[path].version, o.err
}

func (o *overrides) Write(_ context.Context, path, text string, version uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if now, ok := o.texts[path]; ok && now.version != version {
		return &store.ConflictError{Key: path}
	}
	o.index += 10
	o.texts[path] = override{text, o.index}
	return nil
}

// reply is an answer that was read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// client does not follow redirects and keeps no connection, for the leak check.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends a request; headers are "Name: value".
func (h *harness) ask(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if name == "Host" {
			req.Host = value
		}
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

// into decodes a JSON answer strictly.
func (r reply) into(t testing.TB, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(r.body)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}
