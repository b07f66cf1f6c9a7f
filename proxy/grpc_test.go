package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// gRPC is routed by host and path, and its routes are guarded, like all others.
func TestGRPC(t *testing.T) {
	open, guarded, hidden := testenv.HTTPBackend(t, "open"), testenv.HTTPBackend(t, "guarded"), testenv.HTTPBackend(t, "hidden")
	w := start(t, fmt.Sprintf(`route add open /greet.Greeter http://%s
route add guarded /greet.Admin http://%s opts "deny=ip:127.0.0.0/8"
route add guarded /greet.Other http://%s opts "auth=nobody"
route add hidden hidden.test/ http://%s`, open.Addr, guarded.Addr, guarded.Addr, hidden.Addr), all(func(l *Listener) { l.H2C = true }))
	client := w.client("http", nil, h2c)
	for _, call := range []struct{ host, method, backend string }{
		{"any.test", "greet.Greeter/Hello", "open"}, {"any.test", "greet.Admin/Stop", ""}, {"any.test", "greet.Other/Stop", ""},
		{"any.test", "none.Such/Method", ""}, {"hidden.test", "none.Such/Method", "hidden"},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+call.host+"/"+call.method, strings.NewReader("\x00\x00\x00\x00\x00"))
		req.Header.Set("Content-Type", "application/grpc")
		req.Header.Set("Te", "trailers")
		req.Header.Set("Dsthost", "hidden.test") // what fabio believes
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Backend"); got != call.backend {
			t.Errorf("%s of %s was answered by %q (%s), want %q", call.method, call.host, got, resp.Status, call.backend)
		}
	}
	if n := guarded.Served(); n > 0 {
		t.Errorf("%d calls passed a guard", n)
	}
}
