package http2

import (
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestSilentTargetIsReplaced has one target of two accept connections and never
// say a word: neither its TLS handshake nor its SETTINGS may hold requests up.
func TestSilentTargetIsReplaced(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // the kernel accepts
	for _, scheme := range []string{"h2c", "h2"} {
		to := startTarget(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), false)
		to.url += "\nroute add svc / " + scheme + "://" + l.Addr().String()
		c := chainTo(t, to, false)
		c.chooser.Wait = 8 * time.Second // half of it goes to the silent one
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				res, err := c.client.Get(c.url("/"))
				if err != nil || res.StatusCode != 200 {
					t.Errorf("%s: %v, %v", scheme, res, err)
					return
				}
				res.Body.Close()
			})
		}
		joined(t, "a request", all.Wait)
	}
}
