package main

import (
	"context"
	"fmt"
	"time"

	"weir/bench/load"
	"weir/bench/procfs"
	"weir/bench/report"
)

// Beyond the time that a loader was given it may take this long, and it warms a
// peer up that long.
const (
	patience = time.Minute
	warmUp   = time.Second
)

// measure puts the work on a running peer, first to warm it up, and divides
// what the peer used by what got done.
func (w work) measure(ctx context.Context, t turn, metrics string) (report.Sample, error) {
	warm := t
	warm.length = warmUp
	if _, err := w.loaded(ctx, warm, w.load); err != nil {
		return report.Sample{}, err
	}
	proc := procfs.Machine()
	before, err := usages(proc, t)
	if err != nil {
		return report.Sample{}, err
	}
	allocs, _ := mallocs(ctx, metrics)
	result, err := w.loaded(ctx, t, w.load)
	if err != nil {
		return report.Sample{}, err
	}
	after, err := usages(proc, t)
	if err != nil {
		return report.Sample{}, err
	}
	s := sample(result)
	s.Cost = (after.proxy.CPU - before.proxy.CPU).Seconds() * w.scale / result.Units
	s.RSS = mib(after.proxy.RSS)
	s.Proxy = (after.proxy.CPU - before.proxy.CPU).Seconds() / result.Wall.Seconds()
	s.Backend = (after.backend.CPU - before.backend.CPU).Seconds() / result.Wall.Seconds()
	if now, ok := mallocs(ctx, metrics); ok {
		s.Allocs = (now - allocs) / result.Units
	}
	return s, nil
}

// loaded runs a loader, which gets some time more than it was asked to use.
func (w work) loaded(ctx context.Context, t turn, by func(turn) loader) (load.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, t.length+patience)
	defer cancel()
	result, err := by(t).Run(ctx)
	if err == nil && result.Units == 0 {
		err = fmt.Errorf("%s: nothing got done", w.name)
	}
	return result, err
}

// sample is what the loader knows of a turn.
func sample(r load.Result) report.Sample {
	return report.Sample{PerSecond: r.PerSecond(), P50: ms(r.P50), P99: ms(r.P99), Allocs: -1,
		Loader: r.CPU.Seconds() / r.Wall.Seconds()}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// pair is what proxy and backend have used.
type pair struct{ proxy, backend procfs.Usage }

func usages(proc procfs.FS, t turn) (u pair, err error) {
	if u.proxy, err = proc.Tree(t.Pid); err != nil {
		return u, err
	}
	u.backend, err = proc.Tree(t.backend.cmd.Process.Pid)
	return u, err
}
