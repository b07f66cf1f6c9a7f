package arms

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/rollout/event"
	"weir/route"
)

// targets are one of each variant.
func targets() (canary, stable *route.Target) {
	table, _ := route.Build(route.Input{Instances: []route.Instance{
		{Service: "web", ID: "1", Address: "10.0.0.1", Port: 1, Up: true, Variant: "canary", Tags: []string{"urlprefix-/"}},
		{Service: "web", ID: "2", Address: "10.0.0.2", Port: 1, Up: true, Variant: "stable", Tags: []string{"urlprefix-/"}},
	}})
	v := table.HTTP("", "/", false).Variants()
	return v[0].Targets[0], v[1].Targets[0]
}

func failed(kind exchange.Failure, err error) error {
	return fmt.Errorf("request: %w", &exchange.AttemptError{Kind: kind, Err: err})
}

// TestWhoseFaultItIs judges exchanges that were drawn for the candidate, and the
// same for stable with the targets the other way round.
func TestWhoseFaultItIs(t *testing.T) {
	any := errors.New("any")
	for _, c := range []struct {
		name  string
		first bool  // a target of the arm was picked
		retry error // of it, after which another one was asked
		own   bool  // the last target asked is the arm's
		err   error
		head  int // status of a target
		sent  int // status of weir's own answer
		want  string
	}{
		{"good", true, nil, true, nil, 200, 0, ""},
		{"bad", true, nil, true, nil, 500, 0, "http_5xx"},
		{"another one saved it", true, failed(exchange.ConnectFailed, any), false, nil, 200, 0, "connect_fail"},
		{"another one is bad, too", true, failed(exchange.ConnectFailed, any), false, nil, 500, 0, "connect_fail"},
		{"its other one saved it", true, failed(exchange.SendFailed, any), true, nil, 200, 0, "upstream_reset"},
		{"its other one is bad, too", true, failed(exchange.SendFailed, any), true, nil, 500, 0, "http_5xx upstream_reset"},
		{"nobody there", false, nil, false, nil, 200, 0, "no_instance"},
		{"nobody there, another one is bad", false, nil, false, nil, 500, 0, "no_instance"},
		{"nobody anywhere", false, nil, false, nil, 0, 503, "no_instance"},
		{"refused", true, nil, true, failed(exchange.ConnectFailed, any), 0, 502, "connect_fail"},
		{"cut", true, nil, true, failed(exchange.ResponseCut, any), 200, 0, "upstream_reset"},
		{"nonsense", true, nil, true, failed(exchange.BadResponse, any), 0, 502, "upstream_reset"},
		{"no head in time", true, nil, true, failed(exchange.ResponseTimeout, any), 0, 504, "timeout"},
		{"no body in time", true, nil, true, failed(exchange.ResponseCut, os.ErrDeadlineExceeded), 200, 0, "timeout"},
		{"connect too slow", true, nil, true, failed(exchange.ConnectFailed, os.ErrDeadlineExceeded), 0, 502, "connect_fail"},
		{"all of it too slow", true, nil, true, failed(exchange.ClientGone, any), 0, 504, "timeout"},
		{"the client left", true, nil, true, failed(exchange.ClientGone, any), 0, 499, ""},
		{"weir itself", true, nil, true, any, 0, 500, ""},
	} {
		for _, candidate := range []bool{true, false} {
			own, other := targets()
			if !candidate {
				own, other = other, own
			}
			x := &exchange.Exchange{Start: time.Now(), Status: c.head + c.sent, Err: c.err, Target: other}
			x.Drawn = exchange.Drawn{Trial: &route.Trial{Candidate: "canary"}, Candidate: candidate, Failed: c.retry, Target: other}
			if c.first {
				x.Drawn.Target = own
			}
			if c.own {
				x.Target = own
			}
			if c.sent == 503 {
				x.Target, x.Drawn.Target = nil, nil
			}
			if c.head != 0 {
				x.FirstByte = time.Now()
			}
			if got := (event.HTTPRules{}).Classify(requestOf(x)).String(); got != c.want {
				t.Errorf("%s (candidate %t): %q, want %q", c.name, candidate, got, c.want)
			}
		}
	}
}
