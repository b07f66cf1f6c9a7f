package exchange

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"weir/route"
)

// answering is a Transport whose targets answer with these statuses, the first
// that is asked with the first; 0 is no answer in time.
type answering struct {
	statuses []int
	asked    []string
}

func (a *answering) RoundTrip(x *Exchange, t *route.Target) error {
	a.asked = append(a.asked, t.Addr())
	status := a.statuses[len(a.asked)-1]
	if status == 0 {
		return &AttemptError{ResponseTimeout, t.Addr(), fmt.Errorf("silence")}
	}
	if err := x.Head(status, nil, 0, false); err != nil {
		return &AttemptError{ClientGone, t.Addr(), err}
	}
	return x.End(nil)
}

// retried serves a request on a route of n targets.
func retried(t testing.TB, a *answering, n int, opts string, req request, b *Budget) *recorder {
	h := &Handler{Chooser: &Chooser{Live: balancing(t, n, "lb=rr "+opts), Wait: 1}, Transports: map[string]Transport{"http": a}, Retry: b}
	reply := &recorder{}
	req.uri, req.host = "/", "foo.test"
	h.Serve(req.exchange(reply))
	return reply
}

func TestAnswersAreTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		opts     string
		req      request
		targets  int
		statuses []int // of the targets in the order in which they are asked
		want     int
	}{
		"not asked for":            {"", request{}, 3, []int{503}, 503},
		"once":                     {"retry=1", request{}, 3, []int{503, 200}, 200},
		"once only":                {"retry=1", request{}, 3, []int{503, 502}, 502},
		"twice":                    {"retry=2", request{}, 3, []int{503, 504, 200}, 200},
		"no other target":          {"retry=2", request{}, 2, []int{503, 502}, 502},
		"no other target at all":   {"retry=2", request{}, 1, []int{503}, 503},
		"not this status":          {"retry=1", request{}, 3, []int{500}, 500},
		"this status":              {"retry=1 retryon=500,501", request{}, 3, []int{501, 200}, 200},
		"this status no more":      {"retry=1 retryon=500", request{}, 3, []int{503}, 503},
		"all of them":              {"retry=1 retryon=5xx", request{}, 3, []int{599, 404}, 404},
		"no answer":                {"retry=1", request{}, 3, []int{0}, 504},
		"no answer is asked for":   {"retry=1 retryon=timeout", request{}, 3, []int{0, 200}, 200},
		"no answer, nor the next":  {"retry=1 retryon=timeout", request{}, 3, []int{0, 0}, 504},
		"may not be repeated":      {"retry=1", request{method: "POST"}, 3, []int{503}, 503},
		"may be repeated":          {"retry=1", request{method: "DELETE"}, 3, []int{503, 204}, 204},
		"a status that is no word": {"retry=1", request{}, 3, []int{200}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := &answering{statuses: c.statuses}
			reply := retried(t, a, c.targets, c.opts, c.req, &Budget{Percent: 10, Least: 3})
			if reply.status != c.want || len(a.asked) != len(c.statuses) {
				t.Errorf("status %d of %v, want %d of %d targets", reply.status, a.asked, c.want, len(c.statuses))
			}
			if slices.Sort(a.asked); len(slices.Compact(a.asked)) != len(c.statuses) {
				t.Errorf("one of %v was asked twice", a.asked)
			}
		})
	}
}

// TestRetriesStayInTheirVariant, and are told to who counts.
func TestRetriesStayInTheirVariant(t *testing.T) {
	scope := route.Scope{Kind: "service", Name: "web"}
	in := route.Input{Intents: []route.Intent{{Scope: scope, Shares: map[string]route.Weight{"canary": 1000}}},
		Trials: map[route.Scope]*route.Trial{scope: {Candidate: "canary", Splitter: &lots{}}}}
	for i := range 6 {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Variant: []string{"canary", "stable"}[i/2%2], Up: true,
			Address: fmt.Sprint("10.0.0.", i), Port: 80, Tags: []string{"urlprefix-foo.test/ retry=1"}})
	}
	table, _ := route.Build(in)
	var live route.Live
	live.Store(table)
	a, seen, reply := &answering{statuses: []int{503, 200}}, &ended{}, &recorder{}
	h := &Handler{Chooser: &Chooser{Live: &live, Wait: 1}, Transports: map[string]Transport{"http": a}, Retry: &Budget{Least: 3}, Observer: seen}
	h.Serve(request{uri: "/", host: "foo.test"}.exchange(reply))
	for _, addr := range a.asked {
		at := netip.MustParseAddrPort(addr).Addr().As4()[3]
		if at/2%2 != 0 {
			t.Errorf("a client that drew canary was sent to %s", addr)
		}
	}
	if drawn := seen.one(t); reply.status != 200 || drawn.Failed == nil || !drawn.Candidate {
		t.Errorf("status %d; %+v", reply.status, drawn)
	}
}

// TestABudgetBoundsRetries: of many requests that all fail at first, and of few.
func TestABudgetBoundsRetries(t *testing.T) {
	b, now, many := &Budget{Percent: 10, Least: 3}, time.Now(), 0
	b.spend(now) // what ten seconds save is there at first
	for b.spend(now) {
	}
	for range 1000 {
		b.earn()
		if b.spend(now) {
			many++
		}
	}
	if many != 100 {
		t.Errorf("%d of 1000 requests were tried again, want 100", many)
	}
	for second := range 5 {
		few := 0
		for now = now.Add(time.Second); b.spend(now); {
			few++
		}
		if few != 3 {
			t.Errorf("%d were tried again in second %d, want 3", few, second)
		}
	}
	for range 1000000 {
		b.earn()
	}
	saved := 0
	for b.spend(now) {
		saved++
	}
	if saved != 130 {
		t.Errorf("%d were saved, want 130", saved)
	}
	var zero Budget
	zero.earn()
	if zero.spend(now) {
		t.Error("a budget of nothing allows a retry")
	}
}

// TestABudgetIsSpentOnce by many at once.
func TestABudgetIsSpentOnce(t *testing.T) {
	b, now := &Budget{Least: 50}, time.Now()
	var all sync.WaitGroup
	got := make([]int, 8)
	for i := range got {
		all.Go(func() {
			for range 200 {
				if b.spend(now) {
					got[i]++
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, n := range got {
		sum += n
	}
	if sum > 500 || sum == 0 {
		t.Errorf("%d were spent, want at most 500", sum)
	}
}

func TestNoBudgetNoRetry(t *testing.T) {
	a := &answering{statuses: []int{503}}
	if reply := retried(t, a, 3, "retry=3", request{}, &Budget{}); reply.status != 503 {
		t.Errorf("status %d of %v", reply.status, a.asked)
	}
	a = &answering{statuses: []int{503}}
	if reply := retried(t, a, 3, "retry=3", request{}, nil); reply.status != 503 {
		t.Errorf("without a budget: status %d of %v", reply.status, a.asked)
	}
}
