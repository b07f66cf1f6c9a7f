package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// H2 is one run of h2load: HTTP/2 requests, Streams at a time on each
// connection.
type H2 struct {
	URL     string // http:// is HTTP/2 without TLS
	Connect string // host:port in place of the URL's
	Conns   int
	Streams int
	For     time.Duration // whole seconds
	Dir     string        // for scratch files
	Header  []string      // "name: value"
	Body    []byte        // not empty makes the request a POST
}

// Run runs h2load on one thread until it is done or ctx ends.
func (h H2) Run(ctx context.Context) (Result, error) {
	log := filepath.Join(h.Dir, "h2load.log")
	defer os.Remove(log) // h2load appends
	args := []string{"-t1", "-c" + strconv.Itoa(h.Conns), "-m" + strconv.Itoa(h.Streams),
		"-D" + strconv.Itoa(int(h.For.Seconds())), "--log-file=" + log}
	if h.Connect != "" {
		args = append(args, "--connect-to="+h.Connect)
	}
	for _, field := range h.Header {
		args = append(args, "-H", field)
	}
	if len(h.Body) > 0 {
		body := filepath.Join(h.Dir, "h2load.body")
		if err := os.WriteFile(body, h.Body, 0o600); err != nil {
			return Result{}, fmt.Errorf("body for h2load: %w", err)
		}
		args = append(args, "-d", body)
	}
	text, cpu, err := output(exec.CommandContext(ctx, "h2load", append(args, h.URL)...))
	if err != nil {
		return Result{}, err
	}
	r, err := ParseH2(text)
	if err != nil {
		return Result{}, err
	}
	r.CPU = cpu
	return r, r.readH2Log(log)
}

// ParseH2 reads what h2load printed. Failed requests are an error.
func ParseH2(text string) (Result, error) {
	wall := regexp.MustCompile(`finished in ([\d.]+\w+),`).FindStringSubmatch(text)
	counts := regexp.MustCompile(`requests: .*, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout`).FindStringSubmatch(text)
	if wall == nil || counts == nil {
		return Result{}, fmt.Errorf("h2load: no counts in %q", text)
	}
	if counts[3] != "0" || counts[4] != "0" || counts[5] != "0" || counts[1] != counts[2] || counts[1] == "0" {
		return Result{}, fmt.Errorf("h2load: %s", counts[0])
	}
	var r Result
	var err error
	if r.Units, err = strconv.ParseFloat(counts[2], 64); err != nil {
		return Result{}, fmt.Errorf("h2load: requests: %w", err)
	}
	if r.Wall, err = time.ParseDuration(wall[1]); err != nil {
		return Result{}, fmt.Errorf("h2load: duration: %w", err)
	}
	return r, nil
}

// readH2Log takes the percentiles from h2load's log: start, status and time of
// each request in microseconds, with tabs between.
func (r *Result) readH2Log(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("log of h2load: %w", err)
	}
	defer f.Close()
	times, err := parseH2Log(f)
	r.setPercentiles(times)
	return err
}

func parseH2Log(in io.Reader) ([]time.Duration, error) {
	var times []time.Duration
	scan := bufio.NewScanner(in)
	for scan.Scan() {
		columns := strings.Split(scan.Text(), "\t")
		if len(columns) < 3 {
			return nil, fmt.Errorf("log of h2load: line %q has not three columns", scan.Text())
		}
		micros, err := strconv.ParseInt(columns[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("log of h2load: %w", err)
		}
		times = append(times, time.Duration(micros)*time.Microsecond)
	}
	return times, scan.Err()
}
