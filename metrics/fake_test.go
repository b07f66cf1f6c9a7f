package metrics

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"weir/certs"
	"weir/proxy/exchange"
	"weir/registry"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
)

// twoVersions is a table with one service on two routes, one of them isolated,
// and a service that is down.
const twoVersions = `
route add web web.test/ http://10.0.0.1:80/ opts "variant=stable"
route add web web.test/ http://10.0.0.2:80/ weight 0.25 opts "variant=canary"
route add web canary.web.test/ http://10.0.0.2:80/ opts "variant=canary"
`

func build(t testing.TB, commands string) *route.Table {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: commands}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return table
}

// publisher is a registry.Publisher in a fixed state.
type publisher struct{ status registry.Status }

func (p publisher) Status() registry.Status   { return p.status }
func (p publisher) Problems() []route.Problem { return make([]route.Problem, 2) }

// fleet is a controller.Controller with one rollout in a fixed state.
type fleet struct{}

func (fleet) List() []controller.Rollout {
	s := rollout.New(route.Scope{Kind: "service", Name: "web"})
	s.Phase, s.Generation, s.Weight = rollout.Paused, 7, 1250
	s.Live.Acks = map[string]uint64{"edge-1": 7, "edge-2": 6, "edge-3": 0}
	return []controller.Rollout{{State: s, Problem: "it was deleted", Applied: 6}}
}

func (fleet) Fleet() []controller.Peer {
	return []controller.Peer{{Self: true, Leads: true}, {}}
}

// newTestCollector makes a collector over a table with two versions.
func newTestCollector(t testing.TB) *Collector {
	live := &route.Live{}
	live.Store(build(t, twoVersions))
	return New(Config{
		Version: "test", Live: live,
		Publisher: publisher{registry.Status{Generation: 7, Routes: 2, Sources: []registry.SourceStatus{
			{Name: "consul 127.0.0.1:8500"},
			{Name: "file", At: time.Now().Add(-time.Hour), Err: "gone"},
		}}},
		Rollouts: fleet{},
		Reloaded: func() (time.Time, error) { return time.Unix(5, 0), errors.New("bad") },
		InFlight: func(*route.Target) int { return 3 },
		Certificates: func(now time.Time) []certs.Status {
			return []certs.Status{{Name: "main", Certificates: []certs.Certificate{{NotAfter: time.Unix(4e9, 0)}, {NotAfter: time.Unix(3e9, 0)}}}, {Name: "empty", Problems: []certs.Problem{{}}}}
		},
		Open: func() map[exchange.Part]int { return map[exchange.Part]int{{Service: "web", Variant: "retired"}: 5} },
	})
}

// exchangeWith is a finished exchange with the target that a route command's
// table has for host.
func exchangeWith(c *Collector, host string, status, attempts int) *exchange.Exchange {
	x := &exchange.Exchange{
		Client: &exchange.Client{Listener: ":9999"},
		Start:  time.Now(), Status: status, Attempts: attempts, BytesIn: 10, BytesOut: 100,
	}
	if x.Route = c.live.Load().HTTP(host, "/", false); x.Route != nil && attempts > 0 {
		x.Target = x.Route.Pick(route.Draw{})
	}
	return x
}

// dump prints all weir_ metrics, of histograms only the number of observations.
func dump(t *testing.T, c *Collector) string {
	t.Helper()
	families, err := c.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "weir_") {
			continue
		}
		for _, m := range f.Metric {
			fmt.Fprintf(&b, "%s{%s} %v\n", f.GetName(), labels(m), value(m))
		}
	}
	return b.String()
}

func labels(m *dto.Metric) string {
	var pairs []string
	for _, l := range m.Label {
		pairs = append(pairs, l.GetName()+"="+l.GetValue())
	}
	return strings.Join(pairs, " ")
}

func value(m *dto.Metric) any {
	switch {
	case m.Counter != nil:
		return m.Counter.GetValue()
	case m.Gauge != nil:
		if v := m.Gauge.GetValue(); v < 1 && v > 0.1 { // not the time that a build took
			return v
		}
		return int(m.Gauge.GetValue())
	}
	return m.Histogram.GetSampleCount()
}
