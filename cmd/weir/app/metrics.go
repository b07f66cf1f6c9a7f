package app

import (
	"os"
	"path/filepath"
	"slices"

	"weir/config"
	"weir/metrics/fabio"
)

// addFabio makes what counts under fabio's names, where metrics.target says so.
func (a *App) addFabio(p *parts) error {
	m := a.Config.Metrics
	if len(m.Targets) == 0 {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	names, err := fabio.ParseNames(m.Prefix, m.Names, host, filepath.Base(os.Args[0]))
	if err != nil {
		return err
	}
	p.fabio = fabio.New(fabio.Config{
		Names: names, Subsystem: m.Prometheus.Subsystem, Buckets: m.Prometheus.Buckets, Live: &p.live,
		Proto:      p.fronts.proto,
		WebSockets: p.fronts.webSockets,
	})
	e := &fabio.Exporter{Observer: p.fabio, Receivers: receivers(m), Interval: m.Interval, Log: a.Log}
	p.loops = append(p.loops, e.Run)
	return nil
}

// receivers are whom metrics.target names, but Prometheus, which comes itself.
func receivers(m config.Metrics) (list []fabio.Receiver) {
	for _, r := range []struct {
		target string
		to     fabio.Receiver
	}{
		{"stdout", fabio.Lines{To: os.Stdout}},
		{"flat", fabio.Lines{To: os.Stdout}},
		{"label", fabio.Lines{To: os.Stdout, Labels: true}},
		{"graphite", fabio.Graphite{Addr: m.Graphite, Timeout: m.Timeout}},
		{"statsd_raw", fabio.StatsD{Addr: m.StatsD}},
		{"dogstatsd", fabio.StatsD{Addr: m.DogStatsD, Tagged: true}},
	} {
		if slices.Contains(m.Targets, r.target) {
			list = append(list, r.to)
		}
	}
	return list
}
