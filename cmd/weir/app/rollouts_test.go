package app

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry/inproc"
	"weir/route"
	"weir/store/embedded"
)

// oneStep gives a new version everything as soon as it is there.
const oneStep = `
service: web
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 1ms}
steps: [{set_weight: 100%}, {pause: {}}, {promote: {}}]
`

// instanceOf is a backend as an instance of web at a version.
func instanceOf(t *testing.T, version string) route.Instance {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", testenv.HTTPBackend(t, version).Addr)
	if err != nil {
		t.Fatal(err)
	}
	return route.Instance{
		Service: "web", ID: version, Node: "n1", Address: addr.IP.String(), Port: addr.Port, Up: true,
		Tags: []string{"urlprefix-a.test/", "version=" + version},
	}
}

// TestAPolicyMovesTraffic: a version that comes gets nothing before its rollout
// gives it everything.
func TestAPolicyMovesTraffic(t *testing.T) {
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	source, v1, v2 := inproc.New(), instanceOf(t, "v1"), instanceOf(t, "v2")
	source.Set([]route.Instance{v1})
	a := configured(t)
	a.Source, a.Store = source, s
	at := run(t, a).Listeners[0].String()
	if _, err := s.CompareAndSet(t.Context(), "v1/policies/web", []byte(oneStep), 0); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 10*time.Second, func() error {
		e, err := s.Get(t.Context(), "v1/rollouts/service/web/state")
		if err == nil && !strings.Contains(string(e.Value), `"stable":{"key":"v1"`) {
			err = fmt.Errorf("%s", e.Value)
		}
		return err
	})
	source.Set([]route.Instance{v1, v2})
	last := ""
	testenv.Eventually(t, 20*time.Second, func() error {
		now := ask(t, at, "a.test")
		if last == "v2" && now == "v1" {
			t.Error("v1 answers after v2")
		}
		if last = now; now != "v2" {
			return fmt.Errorf("%s answers", now)
		}
		return nil
	})
}

func TestTheFleetIsToldAnAddressThatOthersReach(t *testing.T) {
	for listens, want := range map[string]string{"127.0.0.1:9998": "127.0.0.1:9998", "0.0.0.0:9998": "10.0.0.7:9998", "[::]:9998": "10.0.0.7:9998", "10.0.0.8:1": "10.0.0.8:1"} {
		addr, err := net.ResolveTCPAddr("tcp", listens)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(addr, "10.0.0.7"); got != want {
			t.Errorf("%s is announced as %s, want %s", listens, got, want)
		}
	}
}
