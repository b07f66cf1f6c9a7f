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
	w.manyRoutes(nowhere)
	w.browse("routes", nil, nil)
}

const many = 10_000

// manyRoutes makes as many routes, host-0.test/ and so on, each of a service of
// its own with the target that its number gives.
func (w *world) manyRoutes(target func(int) string) {
	w.t.Helper()
	const texts = 4 // a value of Consul is 512 KiB at most
	for text := range texts {
		var b strings.Builder
		for i := text; i < many; i += texts {
			fmt.Fprintf(&b, "route add svc-%d host-%d.test/ http://%s/\n", i, i, target(i))
		}
		w.consul.PutKV(w.consul.Key(fmt.Sprintf("config/%d", text)), b.String())
	}
	w.routes(many, many)
}

// nowhere is a target that is not there, another for each number.
func nowhere(i int) string { return fmt.Sprintf("10.0.%d.%d:80", i/250, i%250+1) }
