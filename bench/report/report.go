// Package report holds what was measured and writes it as docs/benchmarks.md.
package report

// Report is one whole run.
type Report struct {
	Machine Machine
	Method  Method
	Peers   []Peer
	Works   []Work
	Latency *Latency // nil: not measured
}

// Machine says where it was measured.
type Machine struct {
	Date, CPU, Kernel, Go, Commit string
	Load                          string // average at the start, as in /proc/loadavg
	Congestion                    string // control of TCP: pacing in bbr costs more than relaying
	Cores                         int
}

// Method says how.
type Method struct {
	Rounds, Seconds int
	Loaders         []string // with their versions
}

// Peer is a proxy that was to be measured.
type Peer struct {
	Name, Version string
	LeftOut       string // why it was not measured; empty: it was
}

// Work is one kind of work.
type Work struct {
	Name, Title string
	Unit        string // what throughput counts: request, connection, GB; empty: none
	Cost        string // unit of Sample.Cost
	Rows        []Row
	Targets     []Target
	Direct      *Sample // the loader on the backend, without a proxy; nil: none

	LoaderCores, BackendCores int // how many cores their threads can be busy on
}

// Row is what one peer did in all rounds.
type Row struct {
	Peer    string
	Samples []Sample
	Failed  string // why a turn gave no sample; empty: all did
}

// Sample is one turn.
type Sample struct {
	Cost      float64 // in Work.Cost
	PerSecond float64 // units
	P50, P99  float64 // ms; 0: not measured
	RSS       float64 // MiB at the end
	Allocs    float64 // heap objects for one unit; negative: not known

	Proxy, Backend, Loader float64 // cores that were busy with each
}

// Target is what weir must reach.
type Target struct {
	Peer   string  // empty: AtMost is a cost, not a ratio
	AtMost float64 // weir's cost divided by the peer's
}

// Latency compares peers at half of what each can do.
type Latency struct {
	Title string
	Rows  []LatencyRow
}

// LatencyRow is one peer at half of its throughput.
type LatencyRow struct {
	Peer     string
	Rate     float64 // requests a second
	P50, P99 []float64
	Direct50 []float64 // without a proxy, at the same rate; ms
	Direct99 []float64
	Failed   string
}
