package testenv

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Relay stands between a client and the agent's HTTP API and misbehaves on
// demand. Paths are given as prefixes, of which the longest counts: "/v1/kv/"
// covers all keys.
type Relay struct {
	Addr string // host:port to give to the client

	to        string
	transport *http.Transport

	mu     sync.Mutex
	cut    bool
	flying map[int]flight // requests under way, by their number
	seen   []string       // path of each request, in order
	bytes  int            // of the bodies of answers
	faults map[string]fault
}

// flight is a request under way.
type flight struct {
	path   string
	cancel context.CancelFunc
}

// fault is what happens to the requests of a path.
type fault struct {
	status int           // answer this and do not forward
	delay  time.Duration // before the request is forwarded
	index  func(uint64) uint64
	header [2]string // name and value to answer with
}

// NewRelay starts a relay to the agent. It ends with the test.
func NewRelay(t testing.TB, c *Consul) *Relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{
		Addr: ln.Addr().String(), to: c.Addr, transport: &http.Transport{},
		flying: map[int]flight{}, faults: map[string]fault{},
	}
	srv := &http.Server{Handler: r}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(ln)
	}()
	t.Cleanup(func() {
		r.Cut()
		srv.Close()
		<-done
		r.transport.CloseIdleConnections()
	})
	return r
}

// Cut breaks every request under way and every new one until Mend.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	for _, f := range r.flying {
		f.cancel()
	}
}

// Break breaks the requests below path that are under way, and reports whether
// there were any.
func (r *Relay) Break(path string) (broke bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.flying {
		if strings.HasPrefix(f.path, path) {
			f.cancel()
			broke = true
		}
	}
	return broke
}

// Mend ends what Cut began.
func (r *Relay) Mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = false
}

// Fail answers new requests below path with status. Zero heals it.
func (r *Relay) Fail(path string, status int) { r.fault(path, func(f *fault) { f.status = status }) }

// Delay holds new requests below path back for d before they are forwarded.
func (r *Relay) Delay(path string, d time.Duration) { r.fault(path, func(f *fault) { f.delay = d }) }

// Index rewrites X-Consul-Index in the answers below path. Nil ends it.
func (r *Relay) Index(path string, rewrite func(uint64) uint64) {
	r.fault(path, func(f *fault) { f.index = rewrite })
}

// Header sets a header field in the answers below path. An empty name ends it.
func (r *Relay) Header(path, name, value string) {
	r.fault(path, func(f *fault) { f.header = [2]string{name, value} })
}

func (r *Relay) fault(path string, change func(*fault)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.faults[path]
	change(&f)
	r.faults[path] = f
}

// Requests lists the paths that were asked for so far, with their queries, in
// order. Blocking queries count when they begin.
func (r *Relay) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.seen...)
}

// Bytes is how much the bodies of the answers came to so far.
func (r *Relay) Bytes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes
}

// Forget starts the list of Requests and the count of Bytes anew.
func (r *Relay) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen, r.bytes = nil, 0
}

// begin notes a request and says what to do with it. Done must be called at
// its end.
func (r *Relay) begin(req *http.Request) (ctx context.Context, f fault, cut bool, done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, cancel := context.WithCancel(req.Context())
	number := len(r.flying)
	for r.flying[number].cancel != nil {
		number++
	}
	r.flying[number] = flight{req.URL.Path, cancel}
	r.seen = append(r.seen, req.URL.RequestURI())
	longest := ""
	for path, one := range r.faults {
		if strings.HasPrefix(req.URL.Path, path) && len(path) > len(longest) {
			longest, f = path, one
		}
	}
	return ctx, f, r.cut, func() {
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.flying, number)
	}
}

// ServeHTTP forwards one request.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx, f, cut, done := r.begin(req)
	defer done()
	if cut {
		panic(http.ErrAbortHandler)
	}
	if f.status != 0 {
		http.Error(w, "failed on purpose", f.status)
		return
	}
	select {
	case <-time.After(f.delay):
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
	r.forward(w, req.WithContext(ctx), f)
}

func (r *Relay) forward(w http.ResponseWriter, req *http.Request, f fault) {
	out := req.Clone(req.Context())
	out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", r.to
	resp, err := r.transport.RoundTrip(out)
	if err != nil {
		// A client's transport silently repeats what ends without an answer.
		w.WriteHeader(http.StatusBadGateway)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	if index, err := strconv.ParseUint(resp.Header.Get("X-Consul-Index"), 10, 64); err == nil && f.index != nil {
		w.Header().Set("X-Consul-Index", strconv.FormatUint(f.index(index), 10))
	}
	if f.header[0] != "" {
		w.Header().Set(f.header[0], f.header[1])
	}
	w.WriteHeader(resp.StatusCode)
	n, err := io.Copy(w, resp.Body)
	r.mu.Lock()
	r.bytes += int(n)
	r.mu.Unlock()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}
