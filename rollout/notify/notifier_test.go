package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout"
)

// received is one request that a receiver got.
type received struct {
	header http.Header
	body   string
}

// receiver answers with these statuses in turn, the last one again and again.
func receiver(t *testing.T, statuses ...int) (url string, got <-chan received) {
	t.Helper()
	all := make(chan received, 100)
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		status := statuses[min(n, len(statuses)-1)]
		n++
		w.WriteHeader(status)
		all <- received{r.Header, string(body)}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook", all
}

// run runs a notifier, whose pauses are short, until the test ends.
func run(t *testing.T, c Config) *Notifier {
	t.Helper()
	c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	n := New(c)
	for _, box := range n.boxes {
		box.pauses = []time.Duration{time.Millisecond, time.Millisecond}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	return n
}

func aborting(serial uint64) rollout.Entry {
	e := entry(rollout.Change{Kind: rollout.KindStage, To: "aborting", Message: "5xx > 1% & more"})
	e.Serial = serial
	return e
}

// next is the next request that a receiver got.
func next(t *testing.T, got <-chan received) received {
	t.Helper()
	return testenv.Next(t, 20*time.Second, "request", got)
}

// TestWhoIsToldWhat: webhooks get a signed message, Slack one line; both only
// what was asked for.
func TestWhoIsToldWhat(t *testing.T) {
	hook, hooked := receiver(t, 200)
	slack, slacked := receiver(t, 200)
	n := run(t, Config{Webhooks: []string{hook}, Slack: []string{slack}, Events: []Event{Aborted}, Secret: "s3cret"})
	n.Written(state(), entry(rollout.Change{Kind: rollout.KindStep, To: "2"}))
	n.Written(state(), aborting(7))
	r := next(t, hooked)
	var m Message
	if err := json.Unmarshal([]byte(r.body), &m); err != nil || m.ID != "service/web#7" || m.Events[0] != Aborted {
		t.Errorf("%v in %s", err, r.body)
	}
	timestamp, signature := r.header.Get("X-Weir-Timestamp"), r.header.Get("X-Weir-Signature")
	if signature != Sign("s3cret", timestamp, []byte(r.body)) || signature == Sign("other", timestamp, []byte(r.body)) {
		t.Errorf("signature %q of %q", signature, timestamp)
	}
	r = next(t, slacked)
	if r.body != `{"text":"weir: service/web: aborted: 5xx \u0026gt; 1% \u0026amp; more"}` || r.header.Get("X-Weir-Signature") != "" {
		t.Errorf("Slack got %s", r.body)
	}
}

// TestSignature is the value that docs and receivers in other languages can be
// checked against: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key.
func TestSignature(t *testing.T) {
	const want = "v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"
	if got := Sign("key", "1700000000", []byte(`{"a":1}`)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTries: what may pass is tried again, the rest is not; and then the next
// message has its turn.
func TestTries(t *testing.T) {
	for _, c := range []struct {
		statuses []int
		want     string // serials of what arrives
	}{
		{[]int{200}, "7 8"},
		{[]int{503, 429, 200}, "7 7 7 8"},
		{[]int{500}, "7 7 7 8 8 8"},
		{[]int{404, 200}, "7 8"},
		{[]int{302, 204}, "7 7 8"},
	} {
		hook, hooked := receiver(t, c.statuses...)
		n := run(t, Config{Webhooks: []string{hook}})
		n.Written(state(), aborting(7))
		n.Written(state(), aborting(8))
		var got []string
		for range strings.Fields(c.want) {
			var m Message
			if err := json.Unmarshal([]byte(next(t, hooked).body), &m); err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimPrefix(m.ID, "service/web#"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: %s arrived, want %s", c.statuses, got, c.want)
		}
	}
}

// TestADeafReceiverHoldsNobodyUp: telling does not wait, and another receiver
// gets everything.
func TestADeafReceiverHoldsNobodyUp(t *testing.T) {
	release := make(chan struct{})
	deaf := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(deaf.Close)
	t.Cleanup(func() { close(release) })
	hook, hooked := receiver(t, 200)
	n := run(t, Config{Webhooks: []string{deaf.URL, hook}})
	begun := time.Now()
	const many = 3 * queued
	for i := range uint64(many) {
		n.Written(state(), aborting(i+1))
		if i < queued/2 {
			next(t, hooked)
		}
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("telling took %v", took)
	}
	testenv.Eventually(t, 10*time.Second, func() error {
		if waiting := len(n.boxes[0].waiting); waiting != queued {
			return fmt.Errorf("%d messages wait for the deaf receiver, want %d", waiting, queued)
		}
		return nil
	})
	next(t, hooked)
}
