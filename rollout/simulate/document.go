package simulate

import (
	"fmt"
	"strings"
	"time"
)

// Numbers of docs/analysis.md.
const (
	DocumentRuns = 200
	DocumentSeed = 1
)

// PlotName is where the plot is, from the document's folder.
const PlotName = "images/analysis.svg"

// Markers of the part of a document that is written by the simulator.
const (
	documentBegin = "<!-- simulated: begin -->\n"
	documentEnd   = "<!-- simulated: end -->\n"
)

// Document puts the results of the suite into a document, between the lines
// <!-- simulated: begin --> and <!-- simulated: end -->. An error says that they
// are not there.
func Document(text string, results []Result) (string, error) {
	before, rest, begins := strings.Cut(text, documentBegin)
	_, after, ends := strings.Cut(rest, documentEnd)
	if !begins || !ends {
		return "", fmt.Errorf("the document has no lines %q and %q", strings.TrimSpace(documentBegin), strings.TrimSpace(documentEnd))
	}
	return before + documentBegin + "\n" + Markdown(results) + "\n" + documentEnd + after, nil
}

// Markdown prints the results of the suite as tables.
func Markdown(results []Result) string {
	var b strings.Builder
	t := tables{&b, results}
	t.print(Healthy, "### A candidate as good as stable: how many of the rollouts are aborted", func(r *Result, j *Judge) string {
		return percent(r.Share(j))
	})
	t.print(Broken, "### A bad candidate: how many of the rollouts are aborted, and after how long half of them are", func(r *Result, j *Judge) string {
		if j.Median == 0 {
			return percent(r.Share(j))
		}
		return percent(r.Share(j)) + ", " + minutes(j.Median)
	})
	t.print(Marginal, "### A candidate worse by the whole margin: how many of the rollouts go through", func(r *Result, j *Judge) string {
		return percent(r.Promoted(j))
	})
	t.print(Mistaken, "### A policy that counts requests where clients stay with their version: how many good candidates are aborted", func(r *Result, j *Judge) string {
		return percent(r.Share(j))
	})
	return strings.TrimSuffix(b.String(), "\n")
}

// tables prints the results of one kind after the other.
type tables struct {
	*strings.Builder
	results []Result
}

func (t tables) print(kind Kind, title string, cell func(*Result, *Judge) string) {
	t.WriteString(title + "\n\n| |")
	for _, name := range names() {
		t.WriteString(" " + name + " |")
	}
	t.WriteString("\n|---|" + strings.Repeat("--:|", len(names())) + "\n")
	for i := range t.results {
		r := &t.results[i]
		if r.Kind != kind {
			continue
		}
		fmt.Fprintf(t, "| %s |", r.Name)
		for j := range r.Judges {
			format := " %s |"
			if j == 0 {
				format = " **%s** |"
			}
			fmt.Fprintf(t, format, cell(r, &r.Judges[j]))
		}
		t.WriteString("\n")
	}
	t.WriteString("\n")
}

// names are those of all judges, weir first.
func names() []string {
	all := []string{Weir}
	for _, r := range judges() {
		all = append(all, r.name)
	}
	return all
}

// percent prints 0.0033 as "0.3 %".
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// minutes prints a duration as "1 min 20 s".
func minutes(s Seconds) string {
	d := time.Duration(s)
	switch m, s := int(d.Minutes()), int(d.Seconds())%60; {
	case m == 0:
		return fmt.Sprintf("%d s", s)
	case s == 0:
		return fmt.Sprintf("%d min", m)
	default:
		return fmt.Sprintf("%d min %d s", m, s)
	}
}
