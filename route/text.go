package route

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// print writes a line for each target: route, service/variant, share, address
// and what else there is to say.
func (r *Route) print(b *strings.Builder) {
	for _, v := range r.variants {
		for _, t := range v.Targets {
			line := []string{r.Key(), t.service + "/" + t.variant, percent(t.share), t.where()}
			if t.opts != "" {
				line = append(line, t.opts)
			}
			if !t.up {
				line = append(line, "down")
			}
			b.WriteString(strings.Join(line, "  ") + "\n")
		}
	}
}

// where is the destination, without what is the usual.
func (t *Target) where() string {
	return strings.TrimSuffix(strings.TrimPrefix(t.dest.url, "http://"), "/")
}

// percent prints a share with at most four decimals.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + "%"
}

// Commands prints the table in the route command language, in fabio's order:
// hosts and paths backwards. Read again it makes the same table, but for what
// the language cannot say: intents, service IDs, and instances that are down,
// which stand behind "# down: ".
func (t *Table) Commands() string {
	routes := slices.Clone(t.routes)
	slices.SortFunc(routes, func(a, b *Route) int {
		return cmp.Or(strings.Compare(b.host, a.host), strings.Compare(b.path, a.path), strings.Compare(a.Conditions(), b.Conditions()))
	})
	var b strings.Builder
	for _, r := range routes {
		for _, t := range r.targets {
			if !t.up {
				b.WriteString("# down: ")
			}
			b.WriteString(t.command(r.host+r.path) + "\n")
		}
	}
	return b.String()
}

// command is the route add line of t.
func (t *Target) command(source string) string {
	line := "route add " + t.service + " " + source + " " + t.dest.url
	if t.weight.set {
		line += " weight " + t.weight.text()
	}
	if tags := slices.DeleteFunc(slices.Clone(t.tags), unprintable); len(tags) > 0 {
		line += ` tags "` + strings.Join(tags, ",") + `"`
	}
	if t.opts != "" {
		line += ` opts "` + t.opts + `"`
	}
	return line
}

// text prints w with four decimals, as fabio does, or as many as it takes to
// read the same weight again.
func (w weight) text() string {
	short := strconv.FormatFloat(w.value, 'f', 4, 64)
	if again, err := strconv.ParseFloat(short, 64); err == nil && again == w.value {
		return short
	}
	return strconv.FormatFloat(w.value, 'f', -1, 64)
}

// unprintable reports whether the command language has no way to write tag.
func unprintable(tag string) bool { return checkText(tag) != nil }
