package controller_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout"
	"weir/route"
)

// BenchmarkACommandReachesFiveProxies measures from the command to the moment
// when the tables of all five follow it, over a real Consul agent. It is to be
// below a second for 99 of 100.
func BenchmarkACommandReachesFiveProxies(b *testing.B) {
	consul, f := testenv.SharedConsul(b), newFleet()
	var proxies []*proxy
	for i := range 5 {
		proxies = append(proxies, f.start(b, onConsul(b, consul, consul.Addr), fmt.Sprint("edge-", i), canary(), quick))
	}
	proxies[0].put(b, "web", byHand)
	proxies[0].until(b, func(s rollout.State) bool { return s.Stage == rollout.Progressing && s.Weight == 1000 })
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		p := proxies[n%len(proxies)]
		start := time.Now()
		s, err := p.Command(b.Context(), web, rollout.Command{Verb: rollout.SetWeight, By: "b", Weight: route.Weight(2000 + n%2*1000)}, 0)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range proxies {
			p.follows(s.Generation)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// follows returns when the table of a proxy follows a generation.
func (p *proxy) follows(generation uint64) {
	for {
		changed := p.publisher.Changed()
		if p.publisher.Generation(web) >= generation {
			return
		}
		<-changed
	}
}
