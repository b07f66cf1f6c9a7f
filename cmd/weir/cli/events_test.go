package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// FuzzEvents: what is written as events is read as the same events, whatever stands
// around them, and nothing else makes the reader fail.
func FuzzEvents(f *testing.F) {
	f.Add("table", "1-2", `{"a":1}`, "retry: 1000\n\n: comment\n")
	f.Add("", "", "", "data\ndata: x\n\n")
	f.Add("x", "", "two\nlines", "event: left alone\n\nid\n\n")
	f.Fuzz(func(t *testing.T, name, id, data, noise string) {
		plain := func(s string) bool { return !strings.ContainsAny(s, "\r\n\x00") }
		if !plain(name) || !plain(id) || strings.Contains(data, "\r") {
			return
		}
		var b bytes.Buffer
		b.WriteString(noise + "\n\n")
		before := 0
		r := newEventReader(strings.NewReader(b.String()), func() {})
		for {
			_, err := r.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				break
			}
			before++
		}
		fmt.Fprintf(&b, "event: %s\nid: %s\n", name, id)
		for line := range strings.SplitSeq(data, "\n") {
			fmt.Fprintf(&b, "data: %s\n", line)
		}
		b.WriteString("\n")
		r = newEventReader(&b, func() {})
		for range before {
			if _, err := r.next(); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.next()
		if err != nil || got.name != name || got.id != id || string(got.data) != data {
			t.Fatalf("%+v %v", got, err)
		}
	})
}

// TestAConnectionThatIsLostIsMadeAgain and asks for what was missed.
func TestAConnectionThatIsLostIsMadeAgain(t *testing.T) {
	var calls atomic.Int32
	var asked atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Header.Get("Last-Event-ID"))
		fmt.Fprintf(w, "event: table\nid: k-%d\ndata: {}\n\n", calls.Add(1))
	}))
	defer server.Close()
	c := &cli{getenv: func(string) string { return "" }, admin: server.URL}
	var names []string
	err := c.watch(t.Context(), "table", func(e message) error {
		if names = append(names, e.name+" "+e.id); len(names) == 3 {
			return errEnough
		}
		return nil
	})
	if want := "table k-1, lost , table k-2"; !errors.Is(err, errEnough) || strings.Join(names, ", ") != want || asked.Load() != "k-1" {
		t.Errorf("%v: %q, asked for what came after %q", err, names, asked.Load())
	}
}
