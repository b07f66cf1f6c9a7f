package registry

import (
	"log/slog"
	"strings"
)

// maxDelta bounds the lines that one table may log of targets that came, and
// again of those that went.
const maxDelta = 20

// logDelta logs how the table of v routes differently from one with the text old.
func logDelta(log *slog.Logger, old string, v *view) {
	gone, came := missing(old, v.text), missing(v.text, old)
	log.Info("new table", "generation", v.generation, "routes", v.routes, "came", len(came), "went", len(gone),
		"problems", len(v.problems), "took", v.buildTime)
	logLines(log, "target went", gone)
	logLines(log, "target came", came)
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
