package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

// twoVersions registers a stable and a canary instance of a service and returns
// its name.
func twoVersions(t *testing.T, c *testenv.Consul) string {
	t.Helper()
	service := c.Name("web")
	for _, variant := range []string{"stable", "canary"} {
		b := testenv.HTTPBackend(t, variant)
		c.Register(testenv.Service{Name: service, ID: c.Name(variant), Address: b.Host, Port: b.Port,
			Tags: []string{c.Name("urlprefix-") + "fleet.test/ variant=" + variant}})
	}
	return service
}

// TestAFleetSharesItsWeights: what one weir is told all of them do, and do
// again after all of them were restarted.
func TestAFleetSharesItsWeights(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	service := twoVersions(t, c)
	fleet := func() (one, two *weir) {
		return start(t, "http", consulFlags(c, c.Addr)...), start(t, "http", consulFlags(c, c.Addr)...)
	}
	one, two := fleet()
	even := []string{"fleet.test/ canary 50%", "fleet.test/ stable 50%"}
	one.routes(even...)
	two.routes(even...)

	one.cli("weight", "set", service, "canary=100%", "--by", "alice", "--reason", "first look")
	all := []string{"fleet.test/ canary 100%", "fleet.test/ stable 0%"}
	two.routes(all...)
	if got := two.tally(0, "http://fleet.test/", 40); got["canary"] != 40 {
		t.Errorf("the other proxy sends %v, want all to the canary", got)
	}
	two.cli("weight", "set", service, "canary=10%")
	few := []string{"fleet.test/ canary 10%", "fleet.test/ stable 90%"}
	one.routes(few...)

	one.Kill()
	two.Kill()
	one, two = fleet()
	one.routes(few...)
	two.routes(few...)
	one.cli("weight", "clear", service)
	two.routes(even...)
}

// TestAWriteOverAnOtherOneIsRefused: who wrote last, what and at which index is
// in the answer, and on the command line.
func TestAWriteOverAnOtherOneIsRefused(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	service := twoVersions(t, c)
	w := start(t, "http", consulFlags(c, c.Addr)...)
	w.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
	path := "/api/v1/weights/service/" + service
	first := w.api("PUT", path, `{"shares":{"canary":"5%"},"by":"alice","index":0}`)
	if first.status != http.StatusOK {
		t.Fatalf("%+v", first)
	}
	w.cli("weight", "set", service, "canary=20%", "--by", "bob")
	var was admin.WeightsWritten
	json.Unmarshal([]byte(first.body), &was)
	stale := w.api("PUT", path, fmt.Sprintf(`{"shares":{"canary":"6%%"},"index":%d}`, was.Index))
	var conflict admin.Conflict
	if err := json.Unmarshal([]byte(stale.body), &conflict); err != nil || stale.status != http.StatusConflict {
		t.Fatalf("%+v", stale)
	}
	if now := conflict.Current; now.Shares["canary"].String() != "20%" || now.By != "bob" || now.Index <= was.Index {
		t.Errorf("the current value is said to be %+v", now)
	}
	again := w.api("PUT", path, fmt.Sprintf(`{"shares":{"canary":"6%%"},"index":%d}`, conflict.Current.Index))
	if again.status != http.StatusOK {
		t.Errorf("with the current index: %+v", again)
	}
}

// TestWeightsThatCannotBeAreRefused: each answer is 400 and names what is wrong.
func TestWeightsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	service := twoVersions(t, c)
	w := start(t, "http", consulFlags(c, c.Addr)...)
	w.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
	for _, bad := range []struct{ shares, says string }{
		{`{"canary":"101%"}`, `"canary"`},
		{`{"canary":"-1%"}`, `"canary"`},
		{`{"canary":1.5}`, `"canary"`},
		{`{"canary":"much"}`, `"canary"`},
		{`{"green":"5%"}`, `no variant "green" here; known are: canary, stable`},
		{`{"canary":"60%","stable":"60%"}`, "120%"},
	} {
		a := w.api("PUT", "/api/v1/weights/service/"+service, `{"shares":`+bad.shares+`}`)
		var problem struct{ Detail string }
		json.Unmarshal([]byte(a.body), &problem)
		if a.status != http.StatusBadRequest || !strings.Contains(problem.Detail, bad.says) {
			t.Errorf("%s: %d %s, want 400 with %s", bad.shares, a.status, a.body, bad.says)
		}
	}
	w.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
}

// TestWeightsExpire: after their time the tags count again, everywhere.
func TestWeightsExpire(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	service := twoVersions(t, c)
	one, two := start(t, "http", consulFlags(c, c.Addr)...), start(t, "http", consulFlags(c, c.Addr)...)
	begun := time.Now()
	one.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
	one.cli("weight", "set", service, "canary=0%", "--for", "5s")
	two.routes("fleet.test/ canary 0%", "fleet.test/ stable 100%")
	two.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
	one.routes("fleet.test/ canary 50%", "fleet.test/ stable 50%")
	if took := time.Since(begun); took < 4*time.Second { // the end is given in whole seconds
		t.Errorf("the weights held for %v", took)
	}
}

// TestWeightsSurviveAKillWithoutConsul: the embedded store.
func TestWeightsSurviveAKillWithoutConsul(t *testing.T) {
	t.Parallel()
	stable, canary := testenv.HTTPBackend(t, "stable"), testenv.HTTPBackend(t, "canary")
	flags := []string{
		"-registry.backend", "static", "-store.path", filepath.Join(t.TempDir(), "weights.db"),
		"-registry.static.routes", fmt.Sprintf("route add web fleet.test/ http://%s/\nroute add web fleet.test/ http://%s/ opts \"variant=canary\"", stable.Addr, canary.Addr),
	}
	w := start(t, "http", flags...)
	w.cli("cutover", "web", "canary")
	w.Kill()
	w = start(t, "http", flags...)
	w.routes("fleet.test/ canary 100%", "fleet.test/ stable 0%")
	if got := w.tally(0, "http://fleet.test/", 40); got["canary"] != 40 {
		t.Errorf("after the restart %v", got)
	}
	if out := w.cli("weight", "get", "web"); !strings.Contains(out, "canary=100%") {
		t.Errorf("weir weight get printed\n%s", out)
	}
}
