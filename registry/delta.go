package registry

import (
	"log/slog"
	"strings"

	"weir/route"
)

// maxDelta bounds the lines that one table may log of targets that came, and
// again of those that went.
const maxDelta = 20

// logTable logs that there is a new table, that of v, and what is asked for of it.
// The one before had the text old.
func logTable(c Config, old string, v *view, table *route.Table) {
	gone, came := missing(old, v.text), missing(v.text, old)
	c.Log.Info("new table", "generation", v.generation, "routes", v.routes, "came", len(came), "went", len(gone),
		"problems", len(v.problems), "took", v.buildTime)
	switch c.LogTable {
	case "detail":
		logAll(c.Log, v.text)
	case "all":
		logAll(c.Log, table.Commands())
	default:
		logLines(c.Log, "target went", gone)
		logLines(c.Log, "target came", came)
	}
}

// logAll logs each line of a table.
func logAll(log *slog.Logger, text string) {
	for line := range strings.Lines(text) {
		log.Info("table", "line", strings.TrimSuffix(line, "\n"))
	}
}

func logLines(log *slog.Logger, message string, lines []string) {
	for _, line := range lines[:min(len(lines), maxDelta)] {
		log.Info(message, "target", line)
	}
	if more := len(lines) - maxDelta; more > 0 {
		log.Info(message, "more", more)
	}
}

// missing returns the lines of text that other does not have, as often as they
// are missing there.
func missing(text, other string) (lines []string) {
	there := map[string]int{}
	for line := range strings.Lines(other) {
		there[line]++
	}
	for line := range strings.Lines(text) {
		if there[line]--; there[line] < 0 {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}
