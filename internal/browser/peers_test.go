//go:build browser

package browser

import (
	"fmt"
	"net"
	"syscall"
	"testing"

	"weir/internal/testenv"
)

// TestProxiesOfAFleet are seen to route alike, to be silent, and to be back.
func TestProxiesOfAFleet(t *testing.T) {
	one := underPolicy(t, "web")
	other := startWith(t, one.consul, one.prefix)
	var ports []string
	for _, w := range []*world{one, other} {
		_, port, err := net.SplitHostPort(w.admin)
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
	}
	testenv.Eventually(t, within, func() error {
		var told struct{ Peers []struct{ Announced bool } }
		err := one.api("GET", "/api/v1/peers", "", &told)
		if err == nil && (len(told.Peers) != 2 || !told.Peers[0].Announced || !told.Peers[1].Announced) {
			err = fmt.Errorf("proxies are %+v, want two that are announced", told.Peers)
		}
		return err
	})
	signal := func(s syscall.Signal) func() {
		return func() {
			if err := other.Signal(s); err != nil {
				t.Error(err)
			}
		}
	}
	one.browse("peers", map[string]any{"ports": ports}, cues{"stop": signal(syscall.SIGSTOP), "go on": signal(syscall.SIGCONT)})
}
