package simulate

import (
	"fmt"
	"time"

	"weir/rollout/verdict"
	"weir/route"
)

// setting is a weight and the generation it came with.
type setting struct {
	generation uint64
	weight     route.Weight
}

// proxy is one proxy of the fleet: what it draws with and what it has counted.
type proxy struct {
	name    string
	lag     time.Duration
	now     setting
	next    []later
	counter *verdict.Counter
}

// later is a setting that a lagging proxy has still to take over.
type later struct {
	setting
	at time.Duration
}

// newFleet makes proxies that send nothing to the candidate. The lagging ones
// are the last.
func newFleet(t Traffic, rules verdict.Rules) []*proxy {
	fleet := make([]*proxy, t.Proxies)
	for i := range fleet {
		name := fmt.Sprintf("edge-%d", i+1)
		fleet[i] = &proxy{name: name, counter: verdict.NewCounter(name, 1, rules)}
		if i >= t.Proxies-t.Lagging {
			fleet[i].lag = t.Lag
		}
	}
	return fleet
}

// hear is told what the leader wants at a time since the begin.
func (p *proxy) hear(want setting, now time.Duration) {
	newest := p.now
	if n := len(p.next); n > 0 {
		newest = p.next[n-1].setting
	}
	if newest.generation < want.generation {
		p.next = append(p.next, later{want, now + p.lag})
	}
	for len(p.next) > 0 && p.next[0].at <= now {
		p.now, p.next = p.next[0].setting, p.next[1:]
	}
}

// reports is what the leader reads when it asks all proxies.
func reports(fleet []*proxy) []verdict.Report {
	all := make([]verdict.Report, len(fleet))
	for i, p := range fleet {
		all[i] = p.counter.Report()
	}
	return all
}
