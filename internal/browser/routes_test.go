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
	const many = 10_000
	var text strings.Builder
	for i := range many {
		fmt.Fprintf(&text, "route add svc-%d host-%d.test/ http://10.0.%d.%d:80/\n", i, i, i/250, i%250+1)
	}
	w.consul.PutKV(w.consul.Key("config"), text.String())
	w.routes(many, many)
	w.browse("routes", nil, nil)
}
