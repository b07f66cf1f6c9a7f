//go:build browser

package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"weir/internal/testenv"
)

// What a busy world does while a tab is measured.
const (
	changes = 200 // of the routing, a second
	asked   = 200 // services with traffic, as many as one event tells of
	clients = 20
)

// BenchmarkABusyTab has a tab open with the routes and then the overview, while
// there are 10 000 routes, 200 changes a second, and traffic to 200 services. It
// reports what the tab's process takes of a core.
func BenchmarkABusyTab(b *testing.B) {
	w := start(b)
	backend := testenv.HTTPBackend(b, "v1")
	w.manyRoutes(func(i int) string {
		if i < asked {
			return fmt.Sprintf("%s:%d", backend.Host, backend.Port)
		}
		return nowhere(i)
	})
	for b.Loop() {
		w.loads = append(w.loads,
			testenv.StartLoad(b, testenv.Paced(clients, 2*asked/clients, func() testenv.Client { return &tour{Requests: testenv.Requests{Addr: w.listen}} })),
			testenv.StartLoad(b, testenv.Paced(1, changes, func() testenv.Client {
				return &churn{url: "http://" + w.consul.Addr + "/v1/kv/" + w.consul.Key("config/churn")}
			})))
		report(b, w.browse("busy", nil, nil))
	}
}

// BenchmarkFirstLoad opens the overview of a world with 10 000 routes, with nothing
// kept by the browser. It reports how much comes over the wire, and how long it takes.
func BenchmarkFirstLoad(b *testing.B) {
	w := start(b)
	w.manyRoutes(nowhere)
	for b.Loop() {
		report(b, w.browse("load", map[string]any{"most": firstLoad}, nil))
	}
}

// report takes figures by their units from what a script has printed.
func report(b *testing.B, printed []byte) {
	b.Helper()
	var figures map[string]float64
	if err := json.Unmarshal(printed, &figures); err != nil {
		b.Fatal(err)
	}
	for unit, value := range figures {
		b.ReportMetric(value, unit)
	}
	b.ReportMetric(0, "ns/op") // a script takes as long as it looks
}

// tour asks one service after the other.
type tour struct {
	testenv.Requests
	next int
}

func (c *tour) Once() error {
	c.Host = fmt.Sprintf("host-%d.test", c.next%asked)
	c.next++
	return c.Requests.Once()
}

// churn writes an override text that differs each time: another target of one of
// twenty routes, or a line that is a problem.
type churn struct {
	url  string
	next int
}

func (c *churn) Once() error {
	c.next++
	text := fmt.Sprintf("route add churn churn.test/%d http://10.1.0.%d/\n", c.next%20, c.next%250+1)
	if c.next%20 == 0 {
		text = fmt.Sprintf("route add churn churn.test/ http://10.1.0.1:%d/\n", 100_000+c.next)
	}
	req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s-%d", c.url, c.next%20), bytes.NewReader([]byte(text)))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (c *churn) Close() { http.DefaultClient.CloseIdleConnections() }
