package accesslog

import (
	"io"
	"log/slog"
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	good, missing, broken := lineOf(proxied(t), nil), lineOf(own(), nil), lineOf(nil, passed(t))
	for filter, want := range map[string]string{
		"":                              "good missing broken",
		"status>=400":                   "missing",
		"status=200":                    "good",
		"status<300":                    "good broken", // a connection has no status
		"status!=0, status<=399":        "good",
		"time>1500ms":                   "broken",
		"time<1s":                       "good",
		"service=web":                   "good broken",
		"service!=web":                  "missing",
		"host=foo.test":                 "good broken",
		"host=foo*":                     "good missing broken",
		"uri!=/api*":                    "missing broken",
		"uri=/api/x?a=b,time>=10ms":     "good",
		"client=192.0.2.*":              "good broken",
		"client=2001:db8::1,status=404": "missing",
		"status>=500":                   "",
	} {
		l, err := New(Config{Format: "common", Filter: filter, Sample: 1, Output: Stream(io.Discard), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range []struct {
			name string
			line *line
		}{{"good", good}, {"missing", missing}, {"broken", broken}} {
			if l.wants(&c.line.entry) {
				got = append(got, c.name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q keeps %q, want %q", filter, got, want)
		}
	}
}

func TestBadFilters(t *testing.T) {
	for _, filter := range []string{"x", "status", "status>", "status>=four", "time>5", "service>web", "service=", "path=/", "status==200", ",", "status>=400,", "status=99999"} {
		if err := CheckFilter(filter); err == nil {
			t.Errorf("%q is taken", filter)
		}
	}
}

// TestFailuresAreNeverSampledAway.
func TestFailuresAreNeverSampledAway(t *testing.T) {
	l, err := New(Config{Format: "common", Sample: 0, Output: Stream(io.Discard), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	bad := own()
	bad.Status = 502
	cut := own()
	cut.Status, cut.Err = 200, io.ErrUnexpectedEOF
	for name, c := range map[string]struct {
		line *line
		kept bool
	}{
		"an answer":           {lineOf(proxied(t), nil), false},
		"no route":            {lineOf(own(), nil), false},
		"a bad gateway":       {lineOf(bad, nil), true},
		"an answer cut short": {lineOf(cut, nil), true},
		"a broken connection": {lineOf(nil, passed(t)), true},
	} {
		if got := l.wants(&c.line.entry); got != c.kept {
			t.Errorf("%s: kept %v, want %v", name, got, c.kept)
		}
	}
	l.sample = 0.25
	kept, many := 0, lineOf(proxied(t), nil)
	for range 10_000 {
		if l.wants(&many.entry) {
			kept++
		}
	}
	if kept < 2200 || kept > 2800 {
		t.Errorf("%d of 10000 lines are kept at a quarter", kept)
	}
}
