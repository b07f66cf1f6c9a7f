//go:build browser

package browser

import (
	"fmt"
	"strings"
	"testing"
)

// TestTenThousandRoutes are scrolled and searched.
func TestTenThousandRoutes(t *testing.T) {
	w := start(t)
	const many, texts = 10_000, 4 // a value of Consul is 512 KiB at most
	for text := range texts {
		var b strings.Builder
		for i := text; i < many; i += texts {
			fmt.Fprintf(&b, "route add svc-%d host-%d.test/ http://10.0.%d.%d:80/\n", i, i, i/250, i%250+1)
		}
		w.consul.PutKV(w.consul.Key(fmt.Sprintf("config/%d", text)), b.String())
	}
	w.routes(many, many)
	w.browse("routes", nil, nil)
}
