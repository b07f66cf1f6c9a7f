package arms_test

import (
	"testing"

	"weir/metrics/arms"
	"weir/proxy/exchange"
	"weir/route"
)

// tables are one without a rollout and some with one.
func tables(b testing.TB) map[string]*route.Table {
	plain, _ := route.Build(route.Input{Commands: []route.Commands{{Text: "route add web a.test/ http://10.0.0.1:80/\nroute add web a.test/ http://10.0.0.2:80/"}}})
	all := map[string]*route.Table{"none": plain}
	for name, lines := range map[string]string{
		"requests by connection": "cohort: {by: conn}\nanalysis: {warmup: 0s}",
		"clients by header":      "cohort: {by: \"header:X-User\"}\nanalysis: {warmup: 0s}",
		"clients, all events":    "cohort: {by: \"header:X-User\"}\nanalysis: {bad_events: [http_5xx, connect_fail, slow_p99]}",
	} {
		a := arms.New(arms.Config{Proxy: "p1"})
		a.Rollouts = newStates(state(b, "web", 1000, lines))
		all[name] = swapped(a, 1)
	}
	return all
}

// serving returns a function that serves a request of the nth client.
func serving(table *route.Table) func(n int) {
	var live route.Live
	live.Store(table)
	h := &exchange.Handler{Chooser: &exchange.Chooser{Live: &live}, Observer: arms.Observer{Observer: silent{}},
		Transports: map[string]exchange.Transport{"http": ok{}}}
	requests := make([]*exchange.Exchange, 4096)
	for i := range requests {
		requests[i] = client(i)
	}
	return func(n int) {
		x := requests[n%len(requests)]
		kept := x.Request
		h.Serve(x)
		fields := x.Fields[:1]
		x.Reset()
		x.Request = kept
		x.Fields = fields
	}
}

// TestCountingAllocatesNothing once its counters and samples have their size.
func TestCountingAllocatesNothing(t *testing.T) {
	for name, table := range tables(t) {
		serve := serving(table)
		for i := range 20_000 {
			serve(i)
		}
		i := 0
		if n := testing.AllocsPerRun(1000, func() { i++; serve(i) }); n != 0 {
			t.Errorf("%s: %v allocations a request, want 0", name, n)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	for name, table := range tables(b) {
		b.Run(name, func(b *testing.B) {
			serve := serving(table)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				serve(i)
			}
		})
	}
}
