package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"testing"
	"time"

	"weir/internal/testenv"
)

// answer is what an HTTP request brought.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask makes one request on a connection of its own to addr, by TLS with the
// server name of url's host where url is https.
func ask(addr, method, url, body string) (answer, error) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // each backend has a certificate of its own
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}
	client := http.Client{Transport: transport, Timeout: within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequest(method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

// get is the name of the backend that answers a URL through the listener.
func (w *weir) get(listener int, url string) (string, error) {
	a, err := ask(w.listen[listener], "GET", url, "")
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", url, a.status, a.body)
	}
	return a.body, err
}

// reaches waits until the backend of that name answers a URL.
func (w *weir) reaches(listener int, url, backend string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		got, err := w.get(listener, url)
		if err == nil && got != backend {
			err = fmt.Errorf("%s is answered by %s, want %s", url, got, backend)
		}
		return err
	})
}

// tally counts which backends answer n requests, each on a connection of its
// own. None may fail.
func (w *weir) tally(listener int, url string, n int) map[string]int {
	w.t.Helper()
	count := map[string]int{}
	for range n {
		name, err := w.get(listener, url)
		if err != nil {
			w.t.Fatal(err)
		}
		count[name]++
	}
	return count
}

// binomial fails the test when got of n is further from the share p than five
// standard deviations, which chance does once in a million runs.
func binomial(t *testing.T, what string, got, n int, p float64) {
	t.Helper()
	mean, deviation := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
	if math.Abs(float64(got)-mean) > 5*deviation {
		t.Errorf("%s got %d of %d, want %.0f ± %.0f", what, got, n, mean, 5*deviation)
	}
}

// api asks the admin API.
func (w *weir) api(method, path, body string) answer {
	w.t.Helper()
	a, err := ask(w.admin, method, "http://"+w.admin+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// health waits for an answer of /health with this status and returns it.
func (w *weir) health(status int) (a answer) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() (err error) {
		if a, err = ask(w.admin, "GET", "http://"+w.admin+"/health", ""); err == nil && a.status != status {
			err = fmt.Errorf("/health says %d %s", a.status, a.body)
		}
		return err
	})
	return a
}

// dial opens a connection that fails rather than hang.
func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, within)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(within))
	return conn.(*net.TCPConn)
}

// keep makes a request by TLS on a connection that stays open. The function it
// returns makes another one there and fails unless the same backend answers.
func (w *weir) keep(host string) (again func()) {
	w.t.Helper()
	conn := tls.Client(dial(w.t, w.listen[0]), &tls.Config{ServerName: host, InsecureSkipVerify: true})
	r := bufio.NewReader(conn)
	name, err := testenv.Exchange(conn, r, host)
	if err != nil {
		w.t.Fatal(err)
	}
	return func() {
		w.t.Helper()
		if got, err := testenv.Exchange(conn, r, host); got != name || err != nil {
			w.t.Errorf("an open connection to %s went over to %q (%v)", name, got, err)
		}
	}
}
