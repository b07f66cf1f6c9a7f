package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"weir/admin"
)

// mirrorText is "5% of GET, HEAD; 210 copies from this proxy: 207 2xx, 1 5xx, 2
// failed; half within 3ms, 99% within 20ms; 4 dropped".
func mirrorText(m *admin.RolloutMirror) string {
	text := "over"
	if m.Percent > 0 {
		text = fmt.Sprintf("%v%% of %s", m.Percent, strings.Join(m.Methods, ", "))
	}
	text += fmt.Sprintf("; %d copies from this proxy", m.Sent)
	var list []string
	for _, class := range slices.Sorted(maps.Keys(m.Answers)) {
		list = append(list, fmt.Sprintf("%d %s", m.Answers[class], class))
	}
	if m.Failed > 0 {
		list = append(list, fmt.Sprintf("%d failed", m.Failed))
	}
	if list != nil {
		text += ": " + strings.Join(list, ", ")
	}
	if m.MostSeconds > 0 {
		text += fmt.Sprintf("; half within %sms, 99%% within %sms", number(1000*m.HalfSeconds), number(1000*m.MostSeconds))
	}
	if m.Dropped > 0 {
		text += fmt.Sprintf("; %d dropped", m.Dropped)
	}
	return text
}
