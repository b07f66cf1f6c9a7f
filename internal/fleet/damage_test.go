package fleet

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"weir/admin"
)

// damages are what can happen to the state of a rollout in Consul's KV: what is
// written there instead of now, where old is what was there in the step before;
// what is said of it; and what an operator does, after which it counts again.
var damages = []struct {
	name  string
	write func(now, old string) string // empty: it is deleted
	says  string
	mend  []string
}{
	{"deleted", func(_, _ string) string { return "" }, "was deleted", []string{"restore"}},
	{"cut off", func(now, _ string) string { return now[:len(now)/2] }, "unexpected end of JSON", []string{"pause"}},
	{"rolled back", func(_, old string) string { return old }, "it is older", []string{"restore"}},
	{"of another weight", func(now, _ string) string { return edit(now, "weight", `"90%"`) }, "written by hand", []string{"resume"}},
}

// edit gives a field of a JSON object another value.
func edit(text, field, value string) string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		panic(err)
	}
	fields[field] = json.RawMessage(value)
	out, _ := json.Marshal(fields)
	return string(out)
}

// TestDamageInTheStoreRoutesNothingWrongly: under live traffic every proxy goes on
// by what it knew, and says loudly that something is wrong. One command later all
// is well.
func TestDamageInTheStoreRoutesNothingWrongly(t *testing.T) {
	t.Parallel()
	f := newFleet(t, byHand)
	tr := f.traffic()
	old := f.document("rollouts", "/state")
	f.run("v2")
	before := f.all("step 2", inStep(2))
	for _, d := range damages {
		f.write("rollouts", "/state", d.write(f.document("rollouts", "/state"), old))
		f.alarmed(d.name, d.says, before)
		tr.split(0.1, 100, f.proxies...)
		f.proxies[0].do(d.mend[0], d.mend[1:]...)
		f.calm(d.name)
	}
	f.all("step 2 again", inStep(2))
	for _, other := range []string{"evidence", "leader", "proxies"} { // nothing is lost with these
		f.consul.DeleteKV(f.consul.Key("weir/v1/"+other) + "?recurse")
	}
	f.leader()
	f.proxies[1].do("promote")
	before = f.all("step 4", inStep(4))
	tr.split(0.5, 100, f.proxies...)

	for _, folder := range []string{"weir/v1/rollouts/", "weir/"} { // for the second alone Consul may wake nobody for a minute
		f.consul.DeleteKV(f.consul.Key(folder) + "?recurse")
	}
	f.alarmed("all of it deleted", "was deleted", before)
	tr.split(0.5, 100, f.proxies...)
	f.proxies[2].put(fmt.Sprintf(byHand, f.service))
	f.proxies[3].do("restore")
	f.calm("all of it deleted")
	f.leader()
	f.proxies[4].do("promote")
	f.all("the end", isOver)
	tr.split(1, 100, f.proxies...)
}

// key is the path of a document of the rollout.
func (f *fleet) key(folder, end string) string {
	return f.consul.Key("weir/v1/" + folder + "/service/" + f.service + end)
}

// document reads a document of the rollout.
func (f *fleet) document(folder, end string) string {
	f.t.Helper()
	resp, err := f.proxies[0].client.Get("http://" + f.consul.Addr + "/v1/kv/" + f.key(folder, end) + "?raw")
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		f.t.Fatal(resp.Status, string(text), err)
	}
	return string(text)
}

// write replaces a document, or deletes it where text is empty.
func (f *fleet) write(folder, end, text string) {
	f.t.Helper()
	if text == "" {
		f.consul.DeleteKV(f.key(folder, end))
		return
	}
	f.consul.PutKV(f.key(folder, end), text)
}

// alarmed waits until every proxy says what is wrong, in each way there is, while
// it routes as before.
func (f *fleet) alarmed(damage, says string, before admin.Rollout) {
	f.t.Helper()
	now := f.all(damage, func(r admin.Rollout) bool { return strings.Contains(r.Problem, says) })
	if now.Generation != before.Generation || sharesOf(now) != sharesOf(before) {
		f.t.Errorf("%s: generation %d with %s, was %d with %s", damage, now.Generation, sharesOf(now), before.Generation, sharesOf(before))
	}
	for _, p := range f.proxies {
		p.logged(`level=ERROR msg="the state of a rollout in the store does not count" .*(` + says + ")")
		if got := p.metric(f.problem()); got != "1" {
			f.t.Errorf("%s: %s is %s on %s", damage, f.problem(), got, p.name)
		}
		if got := p.health().Get("Weir-Rollout-Problems"); got != "1" {
			f.t.Errorf("%s: /health of %s tells of %q problems", damage, p.name, got)
		}
	}
	if out := f.proxies[0].cli("problems"); !strings.Contains(out, says) {
		f.t.Errorf("%s: weir problems printed\n%s", damage, out)
	}
}

func (f *fleet) problem() string {
	return fmt.Sprintf(`weir_rollout_problem{scope="service/%s"}`, f.service)
}

// calm waits until no proxy says that anything is wrong.
func (f *fleet) calm(damage string) {
	f.t.Helper()
	f.all("all well after "+damage, func(r admin.Rollout) bool { return r.Problem == "" })
	for _, p := range f.proxies {
		if got := p.metric(f.problem()); got != "0" || p.health().Get("Weir-Rollout-Problems") != "" {
			f.t.Errorf("after %s was mended %s is %s on %s, /health says %v", damage, f.problem(), got, p.name, p.health())
		}
	}
}

// health is the head of the answer of /health, which must be 200.
func (p *proxy) health() http.Header {
	p.t.Helper()
	resp, err := p.client.Get("http://" + p.admin + "/health")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		p.t.Errorf("/health of %s says %s", p.name, resp.Status)
	}
	return resp.Header
}
