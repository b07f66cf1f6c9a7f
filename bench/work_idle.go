package main

import (
	"context"
	"fmt"
	"time"

	"weir/bench/backend"
	"weir/bench/load"
	"weir/bench/peers"
	"weir/bench/procfs"
	"weir/bench/report"
)

// idleConns is how many connections are held.
const idleConns = 10_000

func idle() work {
	return work{
		name: "idle", title: "10 000 idle HTTP/1.1 connections after one request each",
		cost: "KiB resident per connection", memory: true,
		targets: []report.Target{{AtMost: 6}},
		can:     everyone,
	}
}

// measureMemory divides what 10 000 idle connections add to a fresh peer's
// resident memory by their number.
func measureMemory(ctx context.Context, t turn) (report.Sample, error) {
	warm, err := load.OpenIdle(ctx, t.HTTP, peers.WebHost, backend.PathSmall, 64)
	if err != nil {
		return report.Sample{}, err
	}
	warm.Close()
	before, err := settledRSS(ctx, t.Pid)
	if err != nil {
		return report.Sample{}, err
	}
	held, err := load.OpenIdle(ctx, t.HTTP, peers.WebHost, backend.PathSmall, idleConns)
	if err != nil {
		return report.Sample{}, err
	}
	defer held.Close()
	after, err := settledRSS(ctx, t.Pid)
	if err != nil {
		return report.Sample{}, err
	}
	return report.Sample{Cost: float64(after-before) / 1024 / idleConns, RSS: mib(after), Allocs: -1}, nil
}

// settledRSS waits until the resident memory has moved by less than 1 % for a
// second, at most 10 seconds.
func settledRSS(ctx context.Context, pid int) (int64, error) {
	const interval, quiet, most = 100 * time.Millisecond, 10, 100
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var reference int64
	for n, still := 0, 0; still < quiet && n < most; n++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		usage, err := procfs.Machine().Tree(pid)
		if err != nil {
			return 0, fmt.Errorf("resident memory: %w", err)
		}
		if still++; abs(usage.RSS-reference) > reference/100 {
			reference, still = usage.RSS, 0
		}
	}
	return reference, nil
}

func abs(n int64) int64 { return max(n, -n) }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
