package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// mallocs asks a peer in Go how many heap objects it has ever made. It reports
// false when the peer does not say.
func mallocs(ctx context.Context, addr string) (float64, bool) {
	if addr == "" {
		return 0, false
	}
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr+"/metrics", nil)
	if err != nil {
		return 0, false
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return 0, false
	}
	defer res.Body.Close()
	return parseMallocs(res.Body)
}

// parseMallocs reads it from metrics in Prometheus' text form.
func parseMallocs(metrics io.Reader) (float64, bool) {
	scan := bufio.NewScanner(metrics)
	for scan.Scan() {
		if value, ok := strings.CutPrefix(scan.Text(), "go_memstats_mallocs_total "); ok {
			n, err := strconv.ParseFloat(value, 64)
			return n, err == nil
		}
	}
	return 0, false
}
