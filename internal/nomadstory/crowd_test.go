package nomadstory

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"weir/internal/testenv"
)

// crowd counts the answers of all clients by version.
type crowd struct {
	mu      sync.Mutex
	version map[string]int
	looks   int // how often somebody has looked
}

// met counts an answer, unless somebody has looked since it was asked for.
func (c *crowd) met(answer string, asked int) {
	version, _, _ := strings.Cut(answer, " ")
	c.mu.Lock()
	defer c.mu.Unlock()
	if asked == c.looks {
		c.version[version]++
	}
}

// now is what met wants to know of an answer that is asked for now.
func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// since returns what was asked for and answered since the last call.
func (c *crowd) since() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.version
	c.version = map[string]int{}
	c.looks++
	return was
}

// visit lets clients come until the end of the story, of which none may fail:
// some with a connection for each request, others with one that stays open where
// the version may change on it.
func (s *story) visit() {
	s.t.Helper()
	groups := []func(*testenv.Load){testenv.Paced(2, 25, func() testenv.Client { return &visitor{s: s} })}
	if s.http {
		groups = append(groups, testenv.Paced(2, 25, func() testenv.Client { return &visitor{s: s, keep: true} }))
	}
	load := testenv.StartLoad(s.t, groups...)
	s.t.Cleanup(load.Stop)
	testenv.Eventually(s.t, within, func() error {
		s.crowd.mu.Lock()
		defer s.crowd.mu.Unlock()
		if len(s.crowd.version) == 0 {
			return errors.New("nobody was answered")
		}
		return nil
	})
}

// after waits for n more answers, and returns how many each version gave of
// those since now.
func (s *story) after(n int) map[string]int {
	s.t.Helper()
	s.crowd.since()
	testenv.Eventually(s.t, within, func() error {
		s.crowd.mu.Lock()
		defer s.crowd.mu.Unlock()
		sum := 0
		for _, got := range s.crowd.version {
			sum += got
		}
		if sum < n {
			return fmt.Errorf("%d of %d answers", sum, n)
		}
		return nil
	})
	return s.crowd.since()
}

// only fails unless all answers since the last look, and some more, are of one
// version.
func (s *story) only(version string, since map[string]int) {
	s.t.Helper()
	if len(since) != 1 || since[version] == 0 {
		s.t.Errorf("clients were answered by %v, want %s alone", since, version)
	}
}

// share fails when a version's part of some hundred answers is further from p
// than five standard deviations, which chance does once in a million runs.
func (s *story) share(version string, p float64) {
	s.t.Helper()
	got, sum := s.after(200), 0
	for _, n := range got {
		sum += n
	}
	mean, deviation := float64(sum)*p, math.Sqrt(float64(sum)*p*(1-p))
	if math.Abs(float64(got[version])-mean) > 5*deviation {
		s.t.Errorf("%s gave %d of %d answers %v, want %.0f ± %.0f", version, got[version], sum, got, mean, 5*deviation)
	}
}

// dial opens a connection through weir, with TLS where the job has it.
func (s *story) dial(ctx context.Context, host string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil || s.http {
		return conn, err
	}
	secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: s.certs.Roots})
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// visitor is a client that asks for the site again and again.
type visitor struct {
	s    *story
	keep bool // one connection for all

	conn net.Conn
	r    *bufio.Reader
}

// Once implements testenv.Client.
func (v *visitor) Once() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	asked := v.s.crowd.now()
	answer, err := v.ask(ctx)
	if err == nil {
		v.s.crowd.met(answer, asked)
	}
	return err
}

func (v *visitor) ask(ctx context.Context) (answer string, err error) {
	if v.conn == nil {
		if v.conn, err = v.s.dial(ctx, site); err != nil {
			return "", err
		}
		v.r = bufio.NewReader(v.conn)
	}
	deadline, _ := ctx.Deadline()
	v.conn.SetDeadline(deadline)
	fmt.Fprintf(v.conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", site)
	resp, err := http.ReadResponse(v.r, nil)
	if err != nil {
		v.Close()
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	if !v.keep || resp.Close || err != nil {
		v.Close()
	}
	return string(body), err
}

// Close implements testenv.Client.
func (v *visitor) Close() {
	if v.conn != nil {
		v.conn.Close()
		v.conn = nil
	}
}

// host is the version that answers at a host now; an error where none does.
func (s *story) host(host string) (string, error) {
	transport := &http.Transport{DisableKeepAlives: true,
		DialContext:    func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, host) },
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, host) }}
	client := http.Client{Transport: transport, Timeout: 30 * time.Second}
	resp, err := client.Get("http://" + host + "/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", resp.Status)
	}
	version, _, _ := strings.Cut(string(body), " ")
	return version, err
}

// answers waits until a version, empty for none, answers at a host.
func (s *story) answers(host, version string) {
	s.t.Helper()
	testenv.Eventually(s.t, within, func() error {
		if got, err := s.host(host); got != version && !(version == "" && err != nil) {
			return fmt.Errorf("%s is answered by %q (%v), want %q", host, got, err, version)
		}
		return nil
	})
}

// long are connections that stay open, at least one to each of some tasks.
type long struct {
	s     *story
	conns []*websocket.Conn
	names []string // of the tasks that they are with
}

// connect opens WebSockets until there are some with every version.
func (s *story) connect(versions ...string) *long {
	s.t.Helper()
	l, missing := &long{s: s}, map[string]bool{}
	for _, v := range versions {
		missing[v] = true
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, site) }}}
	for range 400 {
		conn, _, err := websocket.Dial(s.t.Context(), "ws://"+site+"/", &websocket.DialOptions{HTTPClient: client})
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { conn.CloseNow() })
		l.conns = append(l.conns, conn)
		l.names = append(l.names, "")
		l.talk(len(l.conns) - 1)
		version, _, _ := strings.Cut(l.names[len(l.names)-1], " ")
		if delete(missing, version); len(missing) == 0 && len(l.conns) >= 8 {
			return l
		}
	}
	s.t.Fatalf("no connection to %v", missing)
	return nil
}

// talk says something on a connection, which must be answered by the task that
// answered first.
func (l *long) talk(i int) {
	l.s.t.Helper()
	ctx, cancel := context.WithTimeout(l.s.t.Context(), within)
	defer cancel()
	err := l.conns[i].Write(ctx, websocket.MessageText, []byte("hello"))
	if err == nil {
		var said []byte
		_, said, err = l.conns[i].Read(ctx)
		name, _, _ := strings.Cut(string(said), " heard ")
		if l.names[i] == "" {
			l.names[i] = name
		} else if err == nil && name != l.names[i] {
			err = fmt.Errorf("it went over to %s", name)
		}
	}
	if err != nil {
		l.s.t.Errorf("a long connection to %s: %v", l.names[i], err)
	}
}

// goOn fails unless all connections are still open, to the same tasks.
func (l *long) goOn() {
	l.s.t.Helper()
	for i := range l.conns {
		l.talk(i)
	}
}
