package rolloutcli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"weir/cmd/weir/output"
	"weir/rollout/simulate"
)

// print prints what two candidates came to, judge by judge.
func (t *traffic) print(out io.Writer, results []simulate.Result) error {
	good, bad := &results[0], &results[1]
	fmt.Fprintf(out, "%d rollouts each, %v requests a second over %d proxies, %s of stable's bad\n\n",
		t.runs, t.of.Rate, t.of.Proxies, &t.bad)
	rows := output.NewTable(out, "JUDGE", "HEALTHY: ABORTED", "PROMOTED", "IN", "HELD", fmt.Sprintf("%v× ERRORS: ABORTED", t.risk), "HALF IN", "PROMOTED", "HELD")
	for i := range good.Judges {
		g, b := &good.Judges[i], &bad.Judges[i]
		rows.Row(g.Name,
			fmt.Sprintf("%s (at most %s)", percent(good.Share(g)), percent(good.AtMost(g))), percent(good.Promoted(g)), span(g.Promotion), percent(good.Held(g)),
			percent(bad.Share(b)), span(b.Median), percent(bad.Promoted(b)), percent(bad.Held(b)))
	}
	return rows.Flush()
}

// percent prints 0.0033 as "0.3%".
func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// span prints a time, or a dash for none.
func span(s simulate.Seconds) string {
	if s == 0 {
		return "–"
	}
	return time.Duration(s).String()
}

// write puts results into a document, and their plot beside it.
func write(name string, results []simulate.Result) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	document, err := simulate.Document(string(text), results)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var plot bytes.Buffer
	if err := simulate.Plot(&plot, results); err != nil {
		return err
	}
	image := filepath.Join(filepath.Dir(name), simulate.PlotName)
	if err := os.MkdirAll(filepath.Dir(image), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(image, plot.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(document), 0o644)
}
