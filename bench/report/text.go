package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// number writes three digits that count, and thousands with spaces.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < 0.1:
		return fmt.Sprintf("%.3f", v)
	case a < 10:
		return fmt.Sprintf("%.2f", v)
	case a < 100:
		return fmt.Sprintf("%.1f", v)
	}
	digits := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}

// known writes v unless it was not measured.
func known(v float64) string {
	if v <= 0 {
		return "–"
	}
	return number(v)
}

func spread(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return number(slices.Min(values)) + " – " + number(slices.Max(values))
}

// line is one row of a work's table.
func (w Work) line(r Row) []string {
	ratio := "–"
	if v, ok := w.ratio(r.Peer); ok && r.Peer != Ours {
		ratio = fmt.Sprintf("%.2f", v)
	}
	mid := func(get func(Sample) float64) float64 { return median(r.of(get)) }
	allocs := mid(func(s Sample) float64 { return s.Allocs })
	cells := []string{r.Peer, number(r.Cost()), spread(r.of(func(s Sample) float64 { return s.Cost })), ratio}
	if w.Unit == "" {
		return append(cells, known(mid(func(s Sample) float64 { return s.RSS })))
	}
	cells = append(cells,
		number(r.PerSecond()),
		known(mid(func(s Sample) float64 { return s.P50 })), known(mid(func(s Sample) float64 { return s.P99 })),
		known(mid(func(s Sample) float64 { return s.RSS })), allocations(allocs))
	return append(cells, fmt.Sprintf("%.2f / %.2f / %.2f", mid(func(s Sample) float64 { return s.Proxy }),
		mid(func(s Sample) float64 { return s.Backend }), mid(func(s Sample) float64 { return s.Loader })))
}

func allocations(v float64) string {
	if v < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", v)
}

// heading is the head of a work's table.
func (w Work) heading() []string {
	cells := []string{"proxy", w.Cost, "min – max", "weir ÷ it"}
	if w.Unit == "" {
		return append(cells, "RSS MiB")
	}
	return append(cells, w.Unit+"/s", "p50 ms", "p99 ms", "RSS MiB", "allocations", "cores busy: proxy / backend / loader")
}

// Table is the work's table in Markdown.
func (w Work) Table() string {
	rows := [][]string{w.heading(), slices.Repeat([]string{"---"}, len(w.heading()))}
	for _, r := range w.Rows {
		if len(r.Samples) > 0 {
			rows = append(rows, w.line(r))
		}
	}
	return table(rows)
}

// Table is the latency's table in Markdown.
func (l Latency) Table() string {
	rows := [][]string{
		{"proxy", "request/s", "p50 ms", "p99 ms", "direct p50 ms", "direct p99 ms", "added p50 ms", "added p99 ms"},
		slices.Repeat([]string{"---"}, 8),
	}
	for _, r := range l.Rows {
		if len(r.P50) == 0 {
			continue
		}
		p50, p99, d50, d99 := median(r.P50), median(r.P99), median(r.Direct50), median(r.Direct99)
		rows = append(rows, []string{r.Peer, number(r.Rate), number(p50), number(p99), number(d50), number(d99), number(p50 - d50), number(p99 - d99)})
	}
	return table(rows)
}

func table(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
	}
	return b.String()
}
