package fabio

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// flat names a value where there are no labels: what belongs to a target by the
// template of metrics.names, the rest by its labels, "http.status.code.200.service.web".
func (n *Names) flat(v *value) string {
	if first, suffix, _ := strings.Cut(v.name, "."); first == "route" {
		p := labelMap(v.labels)
		name := n.of(p["service"], p["host"], p["path"], p["target"])
		if suffix != "" {
			name += "." + suffix
		}
		return name
	}
	name := v.name
	for _, l := range v.labels {
		name += "." + l.GetName() + "." + l.GetValue()
	}
	return name
}

func labelMap(labels []*dto.LabelPair) map[string]string {
	m := map[string]string{}
	for _, l := range labels {
		m[l.GetName()] = l.GetValue()
	}
	return m
}

// plain makes of a name what cannot be taken for the syntax of StatsD.
func plain(name string) string { return strings.ReplaceAll(tagged(name), ":", "_") }

// tagged does so for the value of a tag, which may have colons.
func tagged(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("|@#,", r) {
			return '_'
		}
		return r
	}, s)
}
