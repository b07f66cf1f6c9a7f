//go:build haproxy

package haproxy

import (
	"testing"

	"weir/internal/testenv"
)

// Whoever stands at the end of the chain knows the client at its beginning.
func TestChain(t *testing.T) {
	w := start(t)
	for proto, of := range map[string]struct {
		host   string
		secure bool
	}{
		"http": {"own.test", false}, "https": {"own.test", true}, "https+tcp+sni": {"own.test", true},
		"tcp": {"plain.test", false}, "tcp+sni": {"pass.test", true},
	} {
		// Without HAProxy in front weir says itself whom it serves.
		got, err := w.ask(w.weir[proto], "127.0.0.4", of.host, of.secure)
		if got != "127.0.0.4" || err != nil {
			t.Errorf("%s: the client is %q (%v)", proto, got, err)
		}
		for _, version := range []string{"v1", "v2"} {
			testenv.Eventually(t, patience, func() (err error) { // HAProxy may have to start first
				got, err = w.ask(w.front[proto+" "+version], "127.0.0.2", of.host, of.secure)
				return err
			})
			if got != "127.0.0.2" {
				t.Errorf("%s behind HAProxy's %s: the client is %q", proto, version, got)
			}
		}
	}
	got, err := w.ask(w.front["https+tcp+sni v2"], "127.0.0.3", "pass.test", true)
	if got != "127.0.0.3" || err != nil {
		t.Errorf("passed through https+tcp+sni: the client is %q (%v)", got, err)
	}
}
