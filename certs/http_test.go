package certs

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
)

// shelf is an HTTP server with files, some of which it answers with a status.
type shelf struct {
	*httptest.Server
	mu     sync.Mutex
	files  map[string]string // by path; "404 text" is an answer of that status
	asked  int
	denied func(*http.Request) bool
}

func newShelf(t testing.TB) *shelf {
	s := &shelf{files: map[string]string{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	text, ok := s.files[r.URL.Path]
	status := 200
	if !ok {
		status, text = 404, "not found"
	}
	if s.denied != nil && s.denied(r) {
		status, text = 401, "denied"
	}
	if _, err := fmt.Sscanf(text, "%d ", &status); err == nil && status == 302 {
		w.Header().Set("Location", "/elsewhere/list")
	}
	w.WriteHeader(status)
	w.Write([]byte(text))
}

func (s *shelf) put(files ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(files); i += 2 {
		s.files[files[i]] = files[i+1]
	}
}

func (s *shelf) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func TestAListOnAServerIsFollowed(t *testing.T) {
	m, s := newMaterial(t), newShelf(t)
	at := strings.TrimPrefix(s.URL, "http://")
	s.denied = func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user != "u" || password != "hush" || r.URL.RawQuery != "token=t0ken" || r.Header.Get("X-Who") != "weir"
	}
	s.put("/certs/list", "b.pem\n\n a.pem \r\n", "/certs/a.pem", string(m.text("a")), "/certs/b.pem", string(m.text("b")),
		"/ca/list", "ca.pem\n", "/ca/ca.pem", string(m.text("ca.cert")))
	source := run(t, Config{Name: "h", Type: "http", Cert: "http://u:hush@" + at + "/certs/list?token=t0ken", ClientCA: "http://u:hush@" + at + "/ca/list?token=t0ken",
		Refresh: 20 * time.Millisecond, HeaderName: "X-Who", HeaderValue: "weir"}, around())
	await(t, source, "a b")
	s.put("/certs/a.pem", "500 <html>sorry</html>", "/certs/b.pem", string(m.text("c")))
	await(t, source, "a c", s.URL+"/certs/a.pem: the server answered 500 Internal Server Error; the last good one stays")
	s.put("/certs/a.pem", "<html>200 OK, please log in</html>")
	await(t, source, "a c", "a.pem: failed to find any PEM data")
	s.put("/certs/list", "302 moved", "/elsewhere/list", "a.pem\n", "/certs/a.pem", string(m.text("d")))
	await(t, source, "a c", "http: "+s.URL+"/certs/list: the server answered 302 Found")
	s.put("/certs/list", "404 <html>a.pem</html>")
	await(t, source, "a c", "the server answered 404 Not Found")
	for _, list := range []string{"../a.pem", "http://other/a.pem", "<html>", "a.pem?x", "a.key", strings.Repeat("x", maxText)} {
		s.put("/certs/list", list)
		await(t, source, "a c", "/certs/list: ")
	}
	s.put("/certs/list", "a.pem", "/ca/ca.pem", "junk")
	await(t, source, "d", s.URL+"/ca/ca.pem: holds no certificate in PEM; the last good authorities stay")
	for _, secret := range []string{"hush", "t0ken", "weir", base64.StdEncoding.EncodeToString(m.cert("a").Key)[:30]} {
		if said := source.says(); strings.Contains(said, secret) {
			t.Errorf("%s is shown in %s", secret, said)
		}
	}
}

// TestAServerThatFailsIsNotFlooded counts requests over a while in which a loop
// without a pause would make thousands.
func TestAServerThatFailsIsNotFlooded(t *testing.T) {
	s := newShelf(t)
	source := run(t, Config{Name: "h", Type: "http", Cert: s.URL + "/list", Refresh: time.Millisecond}, around())
	await(t, source, "", "404 Not Found")
	testenv.Holds(t, 30*time.Second, "it is not asked again", func() bool { return s.requests() > 2 })
	if n := s.requests(); n > 20 {
		t.Errorf("asked %d times", n)
	}
}

// TestWhatIsNoURL shows neither the text nor what is secret in it.
func TestWhatIsNoURL(t *testing.T) {
	for kind, list := range map[string][]string{
		"http":   {"list", "ftp://h/list", "http://u:hush@/list", "http://h:hush/"},
		"consul": {"hush", "http://h/hush", "http://h/v1/kv/", "http://h:hush/v1/kv/x", "ftp://h/v1/kv/hush"},
	} {
		for _, at := range list {
			for _, c := range []Config{{Cert: at}, {Cert: "http://127.0.0.1:1/v1/kv/good", ClientCA: at}} {
				c.Name, c.Type = "n", kind
				_, err := New(c, around())
				if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "want a URL") {
					t.Errorf("%s %s: %v", kind, at, err)
				}
			}
		}
	}
}
