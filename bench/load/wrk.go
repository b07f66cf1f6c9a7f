package load

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Wrk is one run of wrk: HTTP/1.1 requests on kept connections, each sent when
// the answer to the one before is there.
type Wrk struct {
	URL   string
	Host  string // of the Host field
	Conns int
	For   time.Duration // whole seconds
}

// Run runs wrk on one thread until it is done or ctx ends.
func (w Wrk) Run(ctx context.Context) (Result, error) {
	cmd := exec.CommandContext(ctx, "wrk", "--latency", "-t1", "-c"+strconv.Itoa(w.Conns),
		fmt.Sprintf("-d%ds", int(w.For.Seconds())), "-H", "Host: "+w.Host, w.URL)
	text, cpu, err := output(cmd)
	if err != nil {
		return Result{}, err
	}
	r, err := ParseWrk(text)
	r.CPU = cpu
	return r, err
}

// ParseWrk reads what wrk --latency printed. Failed requests are an error.
func ParseWrk(text string) (Result, error) {
	for _, bad := range []string{`Socket errors: .*`, `Non-2xx or 3xx responses: .*`} {
		if found := regexp.MustCompile(bad).FindString(text); found != "" {
			return Result{}, fmt.Errorf("wrk: %s", found)
		}
	}
	done := regexp.MustCompile(`(\d+) requests in ([\d.]+\w+)`).FindStringSubmatch(text)
	if done == nil {
		return Result{}, fmt.Errorf("wrk: no count of requests in %q", text)
	}
	var r Result
	var err error
	if r.Units, err = strconv.ParseFloat(done[1], 64); err != nil {
		return Result{}, fmt.Errorf("wrk: requests: %w", err)
	}
	if r.Wall, err = time.ParseDuration(done[2]); err != nil {
		return Result{}, fmt.Errorf("wrk: duration: %w", err)
	}
	if r.P50, err = wrkPercentile(text, "50%"); err != nil {
		return Result{}, err
	}
	r.P99, err = wrkPercentile(text, "99%")
	return r, err
}

func wrkPercentile(text, name string) (time.Duration, error) {
	_, rest, ok := strings.Cut(text, " "+name)
	value, _, _ := strings.Cut(strings.TrimLeft(rest, " "), "\n")
	d, err := time.ParseDuration(strings.TrimSpace(value))
	if !ok || err != nil {
		return 0, fmt.Errorf("wrk: no latency of %s in %q", name, text)
	}
	return d, nil
}
