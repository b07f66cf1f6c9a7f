package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"weir/admin"
)

// busy is a view of a weir that has something of everything.
func busy(now time.Time) *view {
	v := &view{at: "http://127.0.0.1:9998", order: "traffic"}
	v.status = admin.Status{Version: "1.2.3", Table: admin.Table{Generation: 7, Published: now.Add(-time.Hour), Routes: 4, Targets: 9},
		Sources: []admin.Source{{Name: "consul", Error: "connection refused\x1b[2J"}}, Emergencies: []string{"service/web: v2 has 0%"}}
	v.problems = admin.ProblemsEvent{Total: 300}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		v.rollouts = append(v.rollouts, admin.RolloutSummary{Scope: "service/" + name, Phase: "progressing", Step: 1, Steps: 3, Why: "because"})
		v.problems.Problems = append(v.problems.Problems, admin.Problem{Source: "tag", Service: name, Text: "x\x1b", Reason: "no"})
	}
	for range 2 { // seconds
		v.add(admin.TrafficEvent{Seconds: 1, Total: admin.TrafficRow{Requests: 110, Errors: 11, Connections: 3}, Services: []admin.TrafficRow{
			{Service: "web", Variant: "stable", Requests: 100, Errors: 1, MeanSeconds: 0.012},
			{Service: "web", Variant: "canary", Requests: 10, Errors: 10, ClientErrors: 2, MeanSeconds: 0.5, P99Seconds: 0.9},
			{Service: "db", Variant: "stable", Connections: 3, Open: 12},
		}})
		v.add(admin.TrafficEvent{Seconds: 1, Services: []admin.TrafficRow{
			{Requests: 0.5, ClientErrors: 0.5, MeanSeconds: 0.001}, {Service: "db", Variant: "stable", Open: 7},
		}})
	}
	return v
}

// TestView compares what is shown on screens of several sizes, in each order.
func TestView(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	got := &txtar.Archive{Comment: []byte("What weir top shows: order, width and height of the screen; 0 is no end.\n\n")}
	for _, c := range []struct {
		name, order   string
		width, height int
	}{{"traffic 0 0", "traffic", 0, 0}, {"errors 60 24", "errors", 60, 24}, {"latency 100 16", "latency", 100, 16}, {"name 20 5", "name", 20, 5}, {"name 1 1", "name", 1, 1}} {
		v := busy(now)
		v.order, v.lost = c.order, "connection refused"
		list := v.lines(c.height, now)
		if c.height > 0 {
			if list = fit(list, c.width, c.height); len(list) > c.height {
				t.Errorf("%s: %d lines", c.name, len(list))
			}
		}
		got.Files = append(got.Files, txtar.File{Name: c.name, Data: []byte(strings.Join(list, "\n") + "\n")})
	}
	file := filepath.Join("testdata", "top", "view.txtar")
	text := txtar.Format(got)
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, text) {
		t.Errorf("%v, got:\n%s", err, text)
	}
}

func TestViewTakesOverWhatIsDifferent(t *testing.T) {
	v := busy(time.Now())
	v.update(admin.RolloutsEvent{Gone: []string{"service/a"}, Rollouts: []admin.RolloutSummary{{Scope: "service/c", Phase: "healthy"}, {Scope: "route/x/"}}})
	var got []string
	for _, r := range v.rollouts {
		got = append(got, r.Scope+r.Phase)
	}
	if want := "route/x/ service/bprogressing service/chealthy service/dprogressing service/eprogressing"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{"errors", "latency", "name", "traffic"} {
		if v.nextOrder(); v.order != want {
			t.Errorf("sorted by %s, want %s", v.order, want)
		}
	}
}

// TestFiguresStayUntilThereAreOthers: a view that is drawn more often than figures
// come does not fall to zero in between.
func TestFiguresStayUntilThereAreOthers(t *testing.T) {
	v := busy(time.Now())
	if v.ended = true; v.each(v.total).Requests != 55 {
		t.Errorf("%+v", v.each(v.total))
	}
	v.add(admin.TrafficEvent{Seconds: 2, Total: admin.TrafficRow{Requests: 7}})
	if v.each(v.total).Requests != 7 || len(v.rows) != 0 || v.ended {
		t.Errorf("%+v %v", v.each(v.total), v.rows)
	}
}

// fakeScreen is one of 80 times 10 characters, with what types on it.
func fakeScreen() (*screen, *buffer, *io.PipeWriter) {
	var out buffer
	in, typed := io.Pipe()
	return newScreen(&out, func() (int, int) { return 80, 10 }, in), &out, typed
}

// TestTopOnAScreen draws until q, and gives the screen back.
func TestTopOnAScreen(t *testing.T) {
	t.Parallel()
	w := serve(t, "route add web web.test/ http://10.0.0.1:80/\nroute wait")
	s, out, typed := fakeScreen()
	c := &cli{getenv: func(string) string { return "" }, admin: w.url}
	done := make(chan error, 1)
	go func() {
		done <- errors.Join(c.topLive(t.Context(), &view{at: c.base(), order: "traffic"}, s, 100*time.Millisecond), s.close())
	}()
	out.says(t, "1 routes, 1 targets")
	out.says(t, "a command begins with")
	if _, err := typed.Write([]byte("xs")); err != nil {
		t.Fatal(err)
	}
	out.says(t, "5XX/S*")
	if _, err := typed.Write([]byte("q")); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, enter+home) || !strings.HasSuffix(text, leave) {
		t.Errorf("%q", text)
	}
	for screen := range strings.SplitSeq(text, home) {
		if n := strings.Count(screen, "\n"); n >= 10 {
			t.Errorf("%d lines on a screen of 10: %q", n+1, screen)
		}
	}
}

// TestTopEndsWithWhatFeedsIt: the error is told, and the screen is given back.
func TestTopEndsWithWhatFeedsIt(t *testing.T) {
	s, out, _ := fakeScreen()
	c := &cli{getenv: func(string) string { return "" }, admin: "127.0.0.1:1"}
	err := errors.Join(c.topLive(t.Context(), &view{order: "name"}, s, time.Second), s.close())
	if !errors.Is(err, errUnreachable) || !strings.HasSuffix(out.String(), leave) {
		t.Errorf("%v %q", err, out.String())
	}
}
