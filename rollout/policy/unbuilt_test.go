package policy

import (
	"strings"
	"testing"
)

func TestAccept(t *testing.T) {
	for text, path := range map[string]string{
		"{service: web, steps: [set_weight: 5%, pause: {}, promote: {}]}":                                  "",
		"{service: web, drain: {abort: {max: 7s}}, steps: [set_weight: 5%, pause: {}, promote: {}]}":       "",
		"{service: web, steps: [mirror: {percent: 5}, pause: {}, set_weight: 5%, pause: {}, promote: {}]}": "steps[0].mirror",
	} {
		_, err := Accept([]byte(text))
		if (path == "") != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: %v, want it to name %q", text, err, path)
		}
	}
}
