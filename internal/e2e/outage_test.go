package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// oneService registers a backend under http://outage.test/.
func oneService(t *testing.T, c *testenv.Consul, name string) testenv.Service {
	t.Helper()
	b := testenv.HTTPBackend(t, name)
	s := testenv.Service{Name: c.Name("web"), Address: b.Host, Port: b.Port, Tags: []string{c.Name("urlprefix-") + "outage.test/"}}
	c.Register(s)
	return s
}

const outage = "http://outage.test/"

// TestConsulGoesAway: what is known is served, /health, metrics and weir status
// say how old it is, and writes say why they fail. What changed meanwhile is
// seen when Consul is back.
func TestConsulGoesAway(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	oneService(t, c, "before")
	w := start(t, "http", consulFlags(c, relay.Addr)...)
	w.reaches(0, outage, "before")
	if a := w.health(http.StatusOK); a.header.Get("Weir-Stale-Seconds") != "" {
		t.Errorf("stale while all is well: %v", a.header)
	}
	relay.Cut()
	testenv.Eventually(t, within, func() error {
		if _, err := w.get(0, outage); err != nil {
			t.Fatal(err)
		}
		a := w.health(http.StatusOK) // it still serves
		if seconds, _ := strconv.Atoi(a.header.Get("Weir-Stale-Seconds")); seconds < 1 {
			return errors.New("/health does not say that it is stale")
		}
		return nil
	})
	testenv.Eventually(t, within, func() error {
		for _, source := range []string{"consul " + relay.Addr, "store"} {
			if now := w.metric(`weir_source_stale_seconds{source="` + source + `"}`); now < 1 {
				return fmt.Errorf("metrics say that %s is stale for %v s", source, now)
			}
		}
		return nil
	})
	if out := w.cli("status"); strings.Count(out, "stale for ") != 2 {
		t.Errorf("weir status printed\n%s", out)
	}
	a := w.api("PUT", "/api/v1/weights/service/"+c.Name("web"), `{"shares":{"stable":"100%"}}`)
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "cannot read the store") {
		t.Errorf("a write during the outage: %+v", a)
	}
	oneService(t, c, "after")
	if got, err := w.get(0, outage); got != "before" || err != nil {
		t.Errorf("during the outage %q answers (%v)", got, err)
	}
	relay.Mend()
	w.reaches(0, outage, "after")
	testenv.Eventually(t, within, func() error {
		if out := w.cli("status"); strings.Contains(out, "stale") {
			return errors.New(out)
		}
		return nil
	})
}

// metric reads one value from /metrics, -1 where there is none.
func (w *weir) metric(name string) float64 {
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(w.api("GET", "/metrics", "").body)
	if m == nil {
		return -1
	}
	value, _ := strconv.ParseFloat(m[1], 64)
	return value
}

// gone waits until no route takes the URL.
func (w *weir) gone(listener int, url string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		if a, err := ask(w.listen[listener], "GET", url, ""); err != nil || a.status != http.StatusNotFound {
			return fmt.Errorf("%s: %+v (%v)", url, a, err)
		}
		return nil
	})
}

// TestServersRestoredFromNothing: their index is lower than before and their
// empty answer is believed.
func TestServersRestoredFromNothing(t *testing.T) {
	t.Parallel()
	c := testenv.StartConsul(t)
	for i := range 20 { // drives the index up
		c.PutKV(c.Key("x"), strconv.Itoa(i))
	}
	oneService(t, c, "before")
	w := start(t, "http", consulFlags(c, c.Addr)...)
	w.reaches(0, outage, "before")
	c.Stop()
	w.logged(`(source cannot be read)`, 1)
	w.reaches(0, outage, "before")
	c.Restart()
	w.gone(0, outage)
	oneService(t, c, "after")
	w.reaches(0, outage, "after")
}

// TestWhatChangesWithoutAHealthChangeIsSeen: the port of an instance whose
// check passes all the time, and then the last instance's departure.
func TestWhatChangesWithoutAHealthChangeIsSeen(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	service := oneService(t, c, "one")
	w := start(t, "http", consulFlags(c, c.Addr)...)
	w.reaches(0, outage, "one")
	other := testenv.HTTPBackend(t, "two")
	service.Port = other.Port
	c.Register(service)
	w.reaches(0, outage, "two")
	service.Address = "localhost"
	c.Register(service)
	testenv.Eventually(t, within, func() error {
		if text := w.api("GET", "/api/routes?raw", "").body; !strings.Contains(text, "//localhost:") {
			return errors.New(text)
		}
		return nil
	})
	w.reaches(0, outage, "two")
	c.Deregister(service.Name)
	w.gone(0, outage)
}

// TestAStartWithoutConsulUsesTheRunBefore: from the snapshot in state.dir.
func TestAStartWithoutConsulUsesTheRunBefore(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	oneService(t, c, "one")
	dir := t.TempDir()
	flags := consulFlags(c, relay.Addr, "-state.dir", dir, "-registry.timeout", "200ms")
	w := start(t, "http", flags...)
	w.reaches(0, outage, "one")
	testenv.Eventually(t, within, func() error {
		text, err := os.ReadFile(dir + "/table.json")
		if err == nil && !strings.Contains(string(text), "outage.test") {
			err = errors.New("the route is not in the snapshot yet")
		}
		return err
	})
	w.Kill()
	relay.Cut()
	w = start(t, "http", flags...)
	w.reaches(0, outage, "one")
	if out := w.cli("status"); !strings.Contains(out, "stale for ") {
		t.Errorf("weir status printed\n%s", out)
	}
}

// TestQueriesDoNotGrowWithTheServices counts what weir asks an agent that has 5
// routed services, and then 50, from its start until it only waits.
func TestQueriesDoNotGrowWithTheServices(t *testing.T) {
	t.Parallel()
	c := testenv.StartConsul(t)
	asked := map[int][]string{}
	known := 0
	for _, services := range []int{5, 50} {
		for ; known < services; known++ {
			c.Register(testenv.Service{Name: c.Name(strconv.Itoa(known)), Port: 1000 + known,
				Tags: []string{fmt.Sprintf("%s%d.test/", c.Name("urlprefix-"), known)}})
		}
		relay := testenv.NewRelay(t, c)
		w := start(t, "http", consulFlags(c, relay.Addr, "-registry.consul.register.enabled=false")...)
		asked[services] = settled(t, relay)
		if got := w.metric("weir_table_routes"); got != float64(services) {
			t.Errorf("%v routes, want %d", got, services)
		}
		relay.Forget()
		c.Register(testenv.Service{Name: c.Name("0"), Port: 2000 + services, Tags: []string{c.Name("urlprefix-") + "0.test/"}})
		w.logged(fmt.Sprintf(`target came" target="0.test/ .*(:%d)`, 2000+services), 1)
		if one := settled(t, relay); len(one) > 2 { // a service and its check can reach the catalog as two
			t.Errorf("one change with %d services is asked for by %q", services, one)
		}
		w.Kill()
	}
	if few, many := asked[5], asked[50]; len(many) > len(few)+2 { // the agent's own changes
		t.Errorf("%d queries with 5 services, %d with 50: %q", len(few), len(many), many)
	}
}

// settled waits until no query has come for a while and returns those since
// Forget.
func settled(t *testing.T, relay *testenv.Relay) (asked []string) {
	t.Helper()
	calm := 0
	testenv.Eventually(t, within, func() error {
		now := relay.Requests()
		if calm++; !slices.Equal(now, asked) || len(now) == 0 {
			calm = 0
		}
		if asked = now; calm < 100 { // polls of 5 ms
			return errors.New("queries come and go")
		}
		return nil
	})
	return asked
}
