package main

import (
	"context"
	"fmt"
	"os/exec"

	"weir/bench/peers"
	"weir/bench/report"
)

// do lets all peers do the work, A B A B.
func (b *bench) do(ctx context.Context, w work) report.Work {
	result := report.Work{Name: w.name, Title: w.title, Unit: w.unit, Cost: w.cost, Targets: w.targets,
		LoaderCores: w.loaderCores, BackendCores: w.backendCores}
	for _, p := range b.peers {
		if w.can(p) {
			result.Rows = append(result.Rows, report.Row{Peer: p.Name})
		}
	}
	if err := b.missing(w); err != nil {
		for i := range result.Rows {
			result.Rows[i].Failed = err.Error()
		}
		return result
	}
	result.Direct = b.direct(ctx, w)
	for round := range b.rounds {
		for i := range result.Rows {
			b.takeTurn(ctx, w, &result.Rows[i], round)
		}
	}
	if w.name == http1().name {
		b.report.Latency = b.latency(ctx, result)
	}
	return result
}

// missing says how to get the work's loader when it is not there.
func (b *bench) missing(w work) error {
	if w.needs == "" {
		return nil
	}
	if _, err := exec.LookPath(w.needs); err != nil {
		return fmt.Errorf("%s is missing: apt-get install %s", w.needs, debianPackage(w.needs))
	}
	return nil
}

// takeTurn adds a sample to the row, or why there is none. A peer that failed
// does not go on.
func (b *bench) takeTurn(ctx context.Context, w work, row *report.Row, round int) {
	if row.Failed != "" || ctx.Err() != nil {
		return
	}
	p := b.peer(row.Peer)
	err := b.started(ctx, p, func(t turn) error {
		s, err := b.sample(ctx, w, p, t)
		if err == nil {
			row.Samples = append(row.Samples, s)
			fmt.Printf("%-8s round %d  %-8s %8.3f %s\n", w.name, round+1, p.Name, s.Cost, w.cost)
		}
		return err
	})
	if err != nil {
		row.Failed = err.Error()
		fmt.Printf("%-8s round %d  %-8s %s\n", w.name, round+1, p.Name, row.Failed)
	}
}

func (b *bench) sample(ctx context.Context, w work, p peers.Peer, t turn) (report.Sample, error) {
	if w.memory {
		return measureMemory(ctx, t)
	}
	metrics := ""
	if p.GoMem {
		metrics = t.Metrics
	}
	return w.measure(ctx, t, metrics)
}

// direct is what the loader does when no proxy is between it and the backend.
func (b *bench) direct(ctx context.Context, w work) *report.Sample {
	if w.direct == nil {
		return nil
	}
	result, err := w.loaded(ctx, b.turn(), w.direct)
	if err != nil {
		fmt.Printf("%-8s without a proxy: %v\n", w.name, err)
		return nil
	}
	s := sample(result)
	return &s
}

func (b *bench) peer(name string) peers.Peer {
	for _, p := range b.peers {
		if p.Name == name {
			return p
		}
	}
	return peers.Peer{}
}
