package main

import (
	"context"
	"fmt"

	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/report"
)

// latency measures each peer at half of the throughput that it had in done,
// A B A B, each time beside a run without a proxy at the same rate.
func (b *bench) latency(ctx context.Context, done report.Work) *report.Latency {
	l := &report.Latency{Title: done.Title}
	for _, row := range done.Rows {
		if len(row.Samples) > 0 {
			l.Rows = append(l.Rows, report.LatencyRow{Peer: row.Peer, Rate: row.PerSecond() / 2})
		}
	}
	for round := range b.rounds {
		for i := range l.Rows {
			b.pacedTurn(ctx, &l.Rows[i], round)
		}
	}
	return l
}

func (b *bench) pacedTurn(ctx context.Context, row *report.LatencyRow, round int) {
	if row.Failed != "" || ctx.Err() != nil {
		return
	}
	err := b.started(ctx, b.peer(row.Peer), func(t turn) error {
		direct, err := paced(ctx, t, t.backend.addrs.HTTP, row.Rate)
		if err != nil {
			return err
		}
		through, err := paced(ctx, t, t.HTTP, row.Rate)
		if err != nil {
			return err
		}
		row.P50, row.P99 = append(row.P50, ms(through.P50)), append(row.P99, ms(through.P99))
		row.Direct50, row.Direct99 = append(row.Direct50, ms(direct.P50)), append(row.Direct99, ms(direct.P99))
		fmt.Printf("latency  round %d  %-8s p50 %.3f ms, p99 %.3f ms at %.0f request/s\n", round+1, row.Peer, ms(through.P50), ms(through.P99), row.Rate)
		return nil
	})
	if err != nil {
		row.Failed = err.Error()
		fmt.Printf("latency  round %d  %-8s %v\n", round+1, row.Peer, err)
	}
}

// paced runs load.Paced after a second of it to warm up.
func paced(ctx context.Context, t turn, addr string, rate float64) (load.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, t.length+patience)
	defer cancel()
	l := load.Paced{Addr: addr, Host: peers.WebHost, Path: backend.PathSmall, Conns: http1Conns, Rate: rate, For: warmUp}
	if _, err := l.Run(ctx); err != nil {
		return load.Result{}, err
	}
	l.For = t.length
	return l.Run(ctx)
}
