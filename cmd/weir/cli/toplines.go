package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"weir/cmd/weir/output"
)

// lines are the lines of a view, so that the ends of all parts are seen on a screen
// of that height in lines; 0: as many as there are.
func (v *view) lines(height int, now time.Time) []string {
	head := v.head(now)
	traffic, rollouts, problems := v.trafficLines(), v.rolloutLines(), v.problemLines()
	unknown := v.problems.Total - len(v.problems.Problems)
	if height == 0 {
		return slices.Concat(head, traffic, rollouts, shorten(problems, len(problems)+1, unknown))
	}
	// The two below get a quarter each, or what traffic leaves.
	room := height - len(head)
	rollouts = shorten(rollouts, max(room/4, room-len(traffic)-min(len(problems), room/4)), 0)
	problems = shorten(problems, max(room/4, room-len(traffic)-len(rollouts)), unknown)
	return slices.Concat(head, shorten(traffic, room-len(rollouts)-len(problems), 0), rollouts, problems)
}

// head says who is shown, and sums up.
func (v *view) head(now time.Time) []string {
	table := v.status.Table
	list := []string{
		fmt.Sprintf("weir %s at %s: table %d of %s, %d routes, %d targets", v.status.Version, v.at,
			table.Generation, ago(now.Sub(table.Published)), table.Routes, table.Targets),
		rates(v.each(v.total)),
	}
	for _, source := range v.status.Sources {
		if source.Error != "" {
			list = append(list, fmt.Sprintf("STALE %s: %s", source.Name, source.Error))
		}
	}
	for _, e := range v.status.Emergencies {
		list = append(list, "EMERGENCY "+e)
	}
	if v.lost != "" {
		list = append(list, "LOST "+v.lost)
	}
	for i := range list {
		list[i] = output.Clean(list[i], "")
	}
	return append(list, "")
}

func (v *view) trafficLines() []string {
	columns := []string{"SERVICE", "VARIANT", "REQ/S", "5XX/S", "5XX", "4XX/S", "MEAN", "P99", "CONN/S", "OPEN"}
	columns[map[string]int{"name": 0, "traffic": 2, "errors": 3, "latency": 6}[v.order]] += "*"
	return tableLines(columns, func(t output.Table) {
		for _, r := range v.sorted() {
			bad := ""
			if r.Requests > 0 {
				bad = percent(r.Errors / r.Requests)
			}
			t.Row(cmp.Or(r.Service, "(no route)"), r.Variant, number(r.Requests), number(r.Errors), bad,
				number(r.ClientErrors), milliseconds(r.MeanSeconds), milliseconds(r.P99Seconds), number(r.Connections), strconv.Itoa(r.Open))
		}
	})
}

// milliseconds is a duration, or nothing where none is known.
func milliseconds(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return number(1000*seconds) + "ms"
}

func (v *view) rolloutLines() []string {
	if len(v.rollouts) == 0 {
		return nil
	}
	return append([]string{""}, tableLines([]string{"ROLLOUT", "PHASE", "CANDIDATE", "STEP", "WEIGHT", "WHY"}, func(t output.Table) {
		for _, r := range v.rollouts {
			t.Row(r.Scope, mark(r.Phase)+" "+r.Phase, keyOf(r.Candidate), stepOf(r), r.Weight.String(), r.Why)
		}
	})...)
}

func (v *view) problemLines() []string {
	if v.problems.Total == 0 {
		return nil
	}
	return append([]string{""}, tableLines([]string{"PROBLEM", "TEXT", "REASON"}, func(t output.Table) {
		for _, p := range v.problems.Problems {
			t.Row(strings.TrimSpace(p.Source+" "+p.Service), strconv.Quote(p.Text), p.Reason)
		}
	})...)
}

// tableLines are the lines of a table.
func tableLines(head []string, fill func(output.Table)) []string {
	var b bytes.Buffer
	t := output.NewTable(&b, head...)
	fill(t)
	if err := t.Flush(); err != nil {
		return nil // a buffer takes everything
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// shorten leaves at most n lines, the last of which says how many are left out, with
// those that are not in the list.
func shorten(list []string, n, others int) []string {
	n = max(n, 0)
	if len(list) <= n && others == 0 {
		return list
	}
	if n < 2 {
		return list[:min(n, len(list))]
	}
	n = min(n-1, len(list))
	return append(slices.Clone(list[:n]), fmt.Sprintf("and %d more", len(list)-n+others))
}

// fit cuts lines to a width in characters, and to a height.
func fit(list []string, width, height int) []string {
	list = slices.Clone(list[:min(len(list), height)])
	for i, line := range list {
		if runes := []rune(line); len(runes) > width {
			list[i] = string(runes[:width])
		}
	}
	return list
}
