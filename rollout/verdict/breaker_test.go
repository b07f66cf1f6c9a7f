package verdict

import (
	"strings"
	"testing"
	"time"

	"weir/rollout/event"
)

// TestBreaker follows one proxy: f is a failed connection, . a good attempt,
// E evidence of 1000, e of 999, and a blank ten seconds. The state after each
// is c (closed) or o (open).
func TestBreaker(t *testing.T) {
	for _, c := range []struct{ name, does, want, why string }{
		{"four in a row", "ffff.ffff", "ccccccccc", ""},
		{"five in a row", "fffff", "cccco", "5 connections to the candidate failed in a row"},
		{"rests thirty seconds", "fffff   .", "ccccooocc", ""},
		{"and counts anew", "fffff   fffff", "ccccoooccccco", "5 connections"},
		{"late failures do not prolong", "fffff fff  ", "ccccooooooc", ""},
		{"evidence", "eE", "co", "http_5xx speaks against the candidate on this proxy alone, evidence 1e+03 of 1e+03"},
		{"evidence stays", "E   E", "oooco", "evidence"},
	} {
		now, b, r := time.Unix(0, 0), Breaker{}, DefaultBreakerRules()
		var got strings.Builder
		for _, what := range c.does {
			switch what {
			case 'f':
				b = b.Attempted(r, now, event.Set(0).With(event.ConnectFail))
			case '.':
				b = b.Attempted(r, now, 0)
			case 'E':
				b = b.Judged(r, now, Decision{Leading: event.HTTPStatus, E: 1000})
			case 'e':
				b = b.Judged(r, now, Decision{Leading: event.HTTPStatus, E: 999})
			case ' ':
				now = now.Add(10 * time.Second)
			}
			got.WriteByte("co"[map[bool]int{true: 1}[b.IsOpen(now)]])
		}
		if got.String() != c.want || !strings.Contains(b.Why, c.why) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got.String(), b.Why, c.want, c.why)
		}
	}
}

// TestOneProxyJudgesItself: the breaker's evidence is that of the proxy's own
// counters.
func TestOneProxyJudgesItself(t *testing.T) {
	e := judged(t, oneEvent(), 500, met5xx(40, 20), met5xx(800, 2))
	if b := (Breaker{}).Judged(DefaultBreakerRules(), time.Unix(0, 0), e.Decide()); !b.IsOpen(time.Unix(29, 0)) {
		t.Error("closed after", e.Decide())
	}
}
