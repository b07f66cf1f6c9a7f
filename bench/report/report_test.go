package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden page")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// samples are turns that differ in cost only.
func samples(perSecond, loader float64, costs ...float64) []Sample {
	var list []Sample
	for _, c := range costs {
		list = append(list, Sample{Cost: c, PerSecond: perSecond, P50: 0.42, P99: 3.1, RSS: 21.25, Allocs: -1,
			Proxy: 0.9, Backend: 0.4, Loader: loader})
	}
	return list
}

func example() *Report {
	failed := Row{Peer: "caddy", Failed: "wrk: Non-2xx or 3xx responses: 7"}
	return &Report{
		Machine: Machine{Date: "2026-11-21", CPU: "Example CPU", Kernel: "6.1", Go: "go1.26.8", Commit: "abc1234", Load: "0.10", Congestion: "cubic", Cores: 2},
		Method:  Method{Rounds: 3, Seconds: 5, Loaders: []string{"wrk 4.1.0"}},
		Peers:   []Peer{{Name: "weir", Version: "1.0"}, {Name: "haproxy", Version: "2.6.12"}, {Name: "fabio", LeftOut: "fabio is missing: build it"}},
		Works: []Work{
			{
				Name: "http1", Title: "HTTP/1.1", Unit: "request", Cost: "µs CPU per request", LoaderCores: 1, BackendCores: 1,
				Rows:    []Row{{Peer: "weir", Samples: samples(81000, 0.5, 6, 9, 6.5)}, {Peer: "haproxy", Samples: samples(72000, 0.4, 8, 7.5, 8.25)}, failed},
				Targets: []Target{{"haproxy", 0.95}, {"fabio", 0.12}},
				Direct:  &Sample{PerSecond: 210_000},
			},
			{
				Name: "conns", Title: "new connections", Unit: "connection", Cost: "µs CPU per connection", LoaderCores: 1, BackendCores: 2,
				Rows:    []Row{{Peer: "weir", Samples: samples(9000, 0.99, 45)}, {Peer: "haproxy", Samples: samples(12000, 0.9, 30)}},
				Targets: []Target{{"haproxy", 1.15}},
			},
			{
				Name: "idle", Title: "idle connections", Cost: "KiB",
				Rows:    []Row{{Peer: "weir", Samples: []Sample{{Cost: 5.5, RSS: 70, Allocs: -1}}}},
				Targets: []Target{{"", 6}},
			},
		},
		Latency: &Latency{Title: "HTTP/1.1", Rows: []LatencyRow{
			{Peer: "weir", Rate: 40500, P50: []float64{0.2, 0.3}, P99: []float64{1, 1.2}, Direct50: []float64{0.1}, Direct99: []float64{0.5}},
			{Peer: "haproxy", Failed: "paced load: it ended"},
		}},
	}
}

func TestGolden(t *testing.T) {
	var got bytes.Buffer
	if err := example().Write(&got); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "page.golden.md")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the page is not %s; -update rewrites it:\n%s", golden, got.Bytes())
	}
}

func TestWriteFileKeepsWhatWasWrittenByHand(t *testing.T) {
	name := filepath.Join(t.TempDir(), "docs", "benchmarks.md")
	if err := example().WriteFile(name); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("\n## What is left\n")
	f.Close()
	r := example()
	r.Machine.Commit = "def5678"
	if err := r.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "def5678") || !strings.HasSuffix(string(text), ByHand+"\n## What is left\n") ||
		strings.Count(string(text), ByHand) != 1 {
		t.Errorf("the page is, %v:\n%s", err, text)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.0712: "0.071", 0.5: "0.50", 6.257: "6.26", 57.25: "57.2", 812.4: "812", 81234.6: "81 235", 1234567: "1 234 567", -0.25: "-0.25", -1234: "-1 234",
	} {
		if got := number(v); got != want {
			t.Errorf("number %v is %q, want %q", v, got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 3: {3}, 2.5: {4, 1}, 6.5: {6, 9, 6.5}} {
		if got := median(values); got != want {
			t.Errorf("median of %v is %v, want %v", values, got, want)
		}
	}
}
