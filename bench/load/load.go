// Package load puts work on a proxy and counts what was done. wrk and h2load do
// what they can; for the rest there are loaders here that cost less than the
// proxies they measure.
package load

import (
	"fmt"
	"os/exec"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Result is what a loader got done. A loader that saw one wrong answer returns
// an error in its place: the cost of a failed request says nothing.
type Result struct {
	Units    float64       // requests, connections or gigabytes (1e9 bytes)
	Wall     time.Duration // from the first to the last
	CPU      time.Duration // of the loader, user and system
	P50, P99 time.Duration // of one unit; 0: not measured
}

// PerSecond is the throughput.
func (r Result) PerSecond() float64 {
	if r.Wall <= 0 {
		return 0
	}
	return r.Units / r.Wall.Seconds()
}

// percentile returns the smallest of the sorted times that share of them do
// not exceed; 0 of none.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// setPercentiles fills r's from the times, which it sorts.
func (r *Result) setPercentiles(times []time.Duration) {
	slices.Sort(times)
	r.P50, r.P99 = percentile(times, 0.50), percentile(times, 0.99)
}

// ownCPU returns what this process has used. The loaders here run in it, alone.
func ownCPU() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// output runs a loader that is a program of its own.
func output(cmd *exec.Cmd) (string, time.Duration, error) {
	text, err := cmd.CombinedOutput()
	if err != nil {
		return "", 0, fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	return string(text), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}
