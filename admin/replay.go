package admin

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Bounds of what is remembered of writes with an Idempotency-Key.
const (
	maxReplays    = 1000
	maxReplayed   = 64 << 10 // bytes of an answer; a larger one is not remembered
	replayTime    = 10 * time.Minute
	maxReplayName = 100
)

// replays gives a write that comes again the answer of the first. It is safe for
// concurrent use.
type replays struct {
	mu   sync.Mutex
	kept map[string]*firstWrite
}

// firstWrite is a write with a key, and its answer once that is there.
type firstWrite struct {
	body   [sha256.Size]byte
	since  time.Time
	done   bool
	status int
	header http.Header
	text   []byte
}

// serve runs a write of somebody, or repeats the answer that it got.
func (p *replays) serve(w http.ResponseWriter, r *http.Request, who string, next http.Handler) {
	name := r.Header.Get("Idempotency-Key")
	if len(name) > maxReplayName || strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' }) {
		writeProblem(w, badValue("Idempotency-Key", name, "Idempotency-Key is not 1 to 100 printable characters"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeProblem(w, unread(err))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	key := strings.Join([]string{who, r.Method, r.URL.RequestURI(), r.Header.Get("If-Match"), name}, "\n")
	first, mine := p.begin(key, sha256.Sum256(body))
	switch {
	case mine:
		p.record(w, r, key, first, next)
	case first == nil:
		writeProblem(w, fail(KeyReused, "another write was made with this Idempotency-Key", nil))
	case !first.done:
		writeProblem(w, fail(KeyInUse, "the first write with this Idempotency-Key is still under way", nil))
	default:
		for name, values := range first.header {
			w.Header()[name] = values
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(first.status)
		_, _ = w.Write(first.text)
	}
}

// unread is why a body could not be read.
func unread(err error) *Failure {
	if decodeStatus(err) == http.StatusRequestEntityTooLarge {
		return fail(TooLarge, err.Error(), nil)
	}
	return fail(Malformed, "the body cannot be read: "+err.Error(), nil)
}

// begin notes a write, or finds the one that was made with the key; nil if that
// was another.
func (p *replays) begin(key string, body [sha256.Size]byte) (first *firstWrite, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if there := p.kept[key]; there != nil && now.Sub(there.since) < replayTime {
		if there.body != body {
			return nil, false
		}
		is := *there
		return &is, false
	}
	if p.kept == nil {
		p.kept = map[string]*firstWrite{}
	}
	p.makeRoom(now)
	first = &firstWrite{body: body, since: now}
	p.kept[key] = first
	return first, true
}

// makeRoom forgets what is over or, if all is recent, the oldest.
func (p *replays) makeRoom(now time.Time) {
	if len(p.kept) < maxReplays {
		return
	}
	oldest, at := "", now
	for key, r := range p.kept {
		if now.Sub(r.since) >= replayTime {
			delete(p.kept, key)
		} else if r.since.Before(at) {
			oldest, at = key, r.since
		}
	}
	if len(p.kept) >= maxReplays {
		delete(p.kept, oldest)
	}
}

// record runs the write and remembers the answer, unless a try again may help.
func (p *replays) record(w http.ResponseWriter, r *http.Request, key string, first *firstWrite, next http.Handler) {
	out := &recorder{ResponseWriter: w, status: http.StatusOK}
	done := false
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !done || out.status >= 500 || len(out.text) > maxReplayed {
			delete(p.kept, key)
			return
		}
		first.done, first.status, first.header, first.text = true, out.status, w.Header().Clone(), out.text
	}()
	next.ServeHTTP(out, r)
	done = true
}

// recorder keeps what is written through it.
type recorder struct {
	http.ResponseWriter
	status int
	text   []byte
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if len(r.text) <= maxReplayed {
		r.text = append(r.text, b...)
	}
	return r.ResponseWriter.Write(b)
}
