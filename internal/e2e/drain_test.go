package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

const drainPolicy = `
service: %s
detect: {stabilise: 1s}
drain: {promote: {max: 12s, rate: 100/s}, abort: {max: 2s, rate: 100/s}}
steps:
- set_weight: 50%%
- pause: {}
- set_weight: 100%%
- promote: {}
`

// drains is a weir with a service of each kind under a policy.
type drains struct {
	*weir
	t      *testing.T
	consul *testenv.Consul
}

// run starts an instance of a version for each kind.
func (d *drains) run(version string) {
	for kind, k := range kinds {
		at := netip.MustParseAddrPort(k.serve(d.t, version))
		_, port, _ := net.SplitHostPort(d.listen[2])
		tag := d.consul.Name("urlprefix-") + strings.Replace(k.tag, "PORT", port, 1)
		d.consul.Register(testenv.Service{Name: d.consul.Name(kind), ID: d.consul.Name(kind + version), Address: at.Addr().String(),
			Port: int(at.Port()), Tags: []string{tag, "version=" + version}})
	}
}

// each looks at the rollouts of all kinds until good is.
func (d *drains) each(good func(r admin.Rollout) bool) {
	d.t.Helper()
	for kind := range kinds {
		testenv.Eventually(d.t, 3*within, func() error {
			a := d.api("GET", "/api/v1/rollouts/service/"+d.consul.Name(kind), "")
			var r admin.Rollout
			if err := json.Unmarshal([]byte(a.body), &r); err != nil || !good(r) {
				return fmt.Errorf("%s: %v\n%s", kind, err, a.body)
			}
			return nil
		})
	}
}

// are waits until the rollouts of all kinds are in a phase, with a stable version.
func (d *drains) are(phase, stable string) {
	d.t.Helper()
	d.each(func(r admin.Rollout) bool { return r.Phase == phase && r.Stable != nil && r.Stable.Key == stable })
}

// do gives a command to the rollouts of all kinds.
func (d *drains) do(verb, body string) {
	d.t.Helper()
	for kind := range kinds {
		if a := d.api("POST", "/api/v1/rollouts/service/"+d.consul.Name(kind)+"/"+verb, body); a.status >= 300 {
			d.t.Fatalf("%s of %s: %d %s", verb, kind, a.status, a.body)
		}
	}
}

// open opens n connections of each kind to a version.
func (d *drains) open(version string, n int) (list []*long) {
	d.t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		have := 0
		testenv.Eventually(d.t, 3*within, func() error {
			c, err := kinds[kind].open(d.t, d.weir)
			if err == nil {
				c.kind = kind
				c.version, err = c.talk()
			}
			if err == nil && c.version == version {
				list = append(list, c)
				have++
			}
			if have < n {
				return fmt.Errorf("%d of %d connections of %s to %s (%v)", have, n, kind, version, err)
			}
			return nil
		})
	}
	return list
}

// goOn fails unless each still talks to its version.
func (d *drains) goOn(list []*long, when string) {
	d.t.Helper()
	for _, c := range list {
		if got, err := c.talk(); got != c.version || err != nil {
			d.t.Errorf("%s, %s to %s is answered by %q (%v)", when, c.kind, c.version, got, err)
		}
	}
}

// end waits until all have ended, and fails if one does so before its time.
func (d *drains) end(list []*long, earliest time.Time) {
	d.t.Helper()
	var waiting sync.WaitGroup
	for _, c := range list {
		waiting.Go(func() {
			err := c.ended()
			if now := time.Now(); now.Before(earliest) {
				d.t.Errorf("%s to %s ended %v before its time: %v", c.kind, c.version, earliest.Sub(now), err)
			}
			if isBroken(err) {
				d.t.Errorf("%s to %s was broken: %v", c.kind, c.version, err)
			}
		})
	}
	waiting.Wait()
}

// TestLongConnectionsAcrossRollouts: after an abort all that is open with the
// candidate ends at once, after a promotion what is open with the version before
// goes on to its deadline, and nobody else notices anything.
func TestLongConnectionsAcrossRollouts(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	d := &drains{t: t, consul: c, weir: start(t, "http tcp+sni tcp", consulFlags(c, c.Addr, "-proxy.h2c", "true")...)}
	d.run("v1")
	for kind := range kinds {
		text, _ := json.Marshal(map[string]string{"text": fmt.Sprintf(drainPolicy, c.Name(kind))})
		if a := d.api("PUT", "/api/v1/policies/"+kind, string(text)); a.status >= 300 {
			t.Fatal(a.body)
		}
	}
	d.are("healthy", "v1")
	old := d.open("v1", 3)
	d.run("v2")
	d.are("paused", "v1")
	tried := d.open("v2", 2)
	d.goOn(old, "with a candidate beside it")

	d.do("abort", `{}`)
	d.end(tried, time.Time{})
	d.are("aborted", "v1")
	d.goOn(old, "after an abort")

	d.do("retry", `{}`)
	d.are("paused", "v1")
	fresh := d.open("v2", 2)
	earliest := time.Now().Add(11 * time.Second) // one second is enough for a hundred at the rate
	d.do("promote", `{"full": true}`)
	ended := make(chan struct{})
	go func() { defer close(ended); d.end(old, earliest) }()
	d.each(func(r admin.Rollout) bool {
		return len(r.Draining) == 1 && r.Draining[0].Version == "v1" && r.Draining[0].Left >= 3 && time.Until(r.Draining[0].Until) > 0
	})
	if text := d.cli("rollout", "get", c.Name("tcp")); !strings.Contains(text, "Open:") {
		t.Errorf("no word of what is open in\n%s", text)
	}
	<-ended
	d.are("healthy", "v2")
	d.goOn(fresh, "after the version before has drained")
	d.each(func(r admin.Rollout) bool { return len(r.Draining) == 0 })
}
