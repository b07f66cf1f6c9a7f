package app

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"weir/internal/testenv"
)

// TestFabiosMetricsGoOn asks for one page and looks for it under the names that
// dashboards for fabio have, in what Prometheus' own parser reads and in what
// StatsD gets.
func TestFabiosMetricsGoOn(t *testing.T) {
	statsd, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer statsd.Close()
	backend := testenv.HTTPBackend(t, "web")
	at := run(t, configured(t, "-metrics.target", "prometheus,statsd_raw", "-metrics.statsd.addr", statsd.LocalAddr().String(),
		"-metrics.interval", "20ms", "-metrics.prefix", "edge.",
		"-registry.static.routes", "route add web web.test/ "+"http://"+backend.Addr+"/"))
	if got := ask(t, at.Listeners[0].String(), "web.test"); got != "web" {
		t.Fatalf("the target answered %q", got)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(scrape(t, at)))
	if err != nil || families["edge__requests"] == nil || families["weir_requests_total"] == nil {
		t.Errorf("%v, a scrape has no edge__requests or weir_requests_total", err)
	}
	var got strings.Builder
	if err := statsd.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 65536); !strings.Contains(got.String(), "edge.http.status.code.200.service.web:"); {
		n, _, err := statsd.ReadFrom(buf)
		if err != nil {
			t.Fatalf("%v; StatsD got\n%s", err, got.String())
		}
		got.Write(buf[:n])
	}
}
