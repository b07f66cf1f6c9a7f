package arms

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/rollout"
	"weir/rollout/event"
	"weir/rollout/policy"
	"weir/route"
)

// TestEvidenceOfOneProxy opens the breaker where a proxy alone has seen more than
// a good candidate shows once in a thousand rollouts.
func TestEvidenceOfOneProxy(t *testing.T) {
	p, err := policy.Parse([]byte("service: web\nanalysis: {unit: request, warmup: 0s}\ncohort: {by: conn}\nsteps: [{set_weight: 1%}, {promote: {}}]"))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := rollout.New(route.Scope{Kind: "service", Name: "web"})
	s.ID, s.Policy = "r1", p
	r := newRun(Config{Proxy: "p1", Log: slog.New(slog.NewTextHandler(&log, nil))}, 1, &s)
	one := func(candidate bool, met event.Set, client uint32) {
		d := &exchange.Drawn{Trial: &route.Trial{Generation: 3, Candidate: "canary"}, Weight: 1000, Counts: true, Candidate: candidate, Client: client}
		r.ended(d, time.Now(), nil, met)
	}
	bad := event.Set(0).With(event.HTTPStatus)
	for i := range uint32(900) {
		one(false, 0, i)
	}
	drawn := route.Ticket{Variant: 1, Counts: true}
	for _, c := range []struct {
		bad  uint32
		want string
	}{{2, ""}, {10, "stable"}} {
		for i := range c.bad {
			one(true, bad, i)
		}
		r.judge(time.Now())
		if got := r.spare(drawn); got.Pinned != c.want || got.Counts != (c.want == "") || got.Variant != 1 {
			t.Errorf("after %d more bad requests a client draws %+v, want it pinned to %q", c.bad, got, c.want)
		}
	}
	if !strings.Contains(log.String(), "scope=service/web rollout=r1") || !strings.Contains(log.String(), "http_5xx speaks against the candidate on this proxy alone") {
		t.Errorf("the log says %s", &log)
	}
	r.until.Store(time.Now().Add(-time.Second).UnixNano())
	if got := r.spare(drawn); got != drawn {
		t.Errorf("when it is over a client draws %+v", got)
	}
}
