package consul_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"weir/internal/testenv"
	"weir/registry"
)

const services = 200

// TestQueriesDoNotGrowWithTheServices counts what 200 routed services cost.
func TestQueriesDoNotGrowWithTheServices(t *testing.T) {
	c := testenv.StartConsul(t)
	for i := range services {
		c.Register(web(c, fmt.Sprint(i), 1000+i))
	}
	relay := testenv.NewRelay(t, c)
	w := run(t, config(c, relay.Addr))
	w.until("200 instances", func(s registry.Snapshot) bool { return len(s.Instances) == services })
	first, _ := settle(t, relay)
	t.Logf("start: %q", first)
	if len(first) > 7 {
		t.Errorf("%d queries until all is known and waited for: %q", len(first), first)
	}
	for _, event := range []struct {
		name string
		do   func()
		sent bool
	}{
		{"unrelated service comes", func() { c.Register(testenv.Service{Name: "other", Port: 1}) }, false},
		{"unrelated service without a check comes", func() { c.Register(testenv.Service{Name: "bare", Port: 1, Status: "none"}) }, false},
		{"unrelated check flaps", func() { c.SetCheck("other", "critical") }, false},
		{"unrelated service goes", func() { c.Deregister("other") }, false},
		{"one check flaps", func() { c.SetCheck(c.Name("7"), "critical") }, true},
		{"one port changes, no check does", func() { c.Register(web(c, "9", 2000)) }, true},
		{"one instance goes", func() { c.Deregister(c.Name("3")) }, true},
	} {
		relay.Forget()
		event.do()
		if event.sent {
			w.until(event.name, func(s registry.Snapshot) bool { return s.Err == nil })
		}
		asked, bytes := settle(t, relay)
		t.Logf("%s: %d queries, %d bytes", event.name, len(asked), bytes)
		// Registering a service and its check can reach the catalog as two.
		if len(asked) == 0 || len(asked) > 2 {
			t.Errorf("%s: %q, want one query or two", event.name, asked)
		}
	}
}

// settle waits until the source has gone back to waiting, and returns all
// requests and the bytes of the answers since Forget.
func settle(t *testing.T, relay *testenv.Relay) (asked []string, bytes int) {
	t.Helper()
	calm := 0
	testenv.Eventually(t, within, func() error {
		now := relay.Requests()
		if calm++; !slices.Equal(now, asked) || len(asked) == 0 || !strings.Contains(asked[len(asked)-1], "index=") {
			calm = 0
		}
		if asked = now; calm < 40 { // polls of 5 ms
			return errors.New("queries come and go")
		}
		return nil
	})
	return asked, relay.Bytes()
}
