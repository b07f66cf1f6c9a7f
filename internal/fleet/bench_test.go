package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"weir/admin"
)

// BenchmarkAChangeReachesFiveProxies gives a command to one of five processes, and
// measures until all five have it in their tables, and until a request to each
// listener is answered by it: for a weight, from 0 to 100 %, and for an abort. For
// 99 of 100 it is to take less than a second.
func BenchmarkAChangeReachesFiveProxies(b *testing.B) {
	f := newFleet(b, byHand)
	f.run("v2")
	f.all("step 2", inStep(2))
	f.post(f.proxies[0], "abort", `{}`)
	watches := make([]*watch, size)
	for i, p := range f.proxies {
		watches[i] = &watch{visitor: visitor{proxy: p}}
		b.Cleanup(watches[i].Close)
	}
	var weight, abort times
	for n := 0; b.Loop(); n++ {
		at := f.proxies[n%size]
		f.all("the end of the abort", func(r admin.Rollout) bool { return r.Phase == "aborted" })
		f.post(at, "retry", `{}`)
		weight.add(f.measure(at, watches, "set-weight", `{"weight":"100%"}`, "v2"))
		abort.add(f.measure(at, watches, "abort", `{}`, "v1"))
	}
	weight.report(b, "weight")
	abort.report(b, "abort")
}

// post gives a command by the API.
func (f *fleet) post(at *proxy, verb, body string) {
	f.t.Helper()
	resp, err := at.client.Post("http://"+at.admin+at.path()+"/"+verb, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		f.t.Fatalf("%s: %s: %s", verb, resp.Status, text)
	}
}

// measure gives a command after which every request is answered by one version. It
// returns how long it took until the last table had it, and until the last listener
// answered so.
func (f *fleet) measure(at *proxy, watches []*watch, verb, body, version string) (table, answer time.Duration) {
	f.t.Helper()
	var watching sync.WaitGroup
	begun := time.Now()
	for _, w := range watches {
		watching.Go(func() { w.until(begun, version) })
	}
	f.post(at, verb, body)
	watching.Wait()
	for _, w := range watches {
		if w.err != nil {
			f.t.Fatal(w.err)
		}
		table, answer = max(table, w.table), max(answer, w.answer)
	}
	return table, answer
}

// watch looks at one proxy.
type watch struct {
	visitor
	table, answer time.Duration
	err           error
}

// until looks every two milliseconds, first at the table and then by requests.
func (w *watch) until(begun time.Time, version string) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	w.table, w.answer = 0, 0
	for w.err == nil && w.answer == 0 && time.Since(begun) < within {
		switch {
		case w.table == 0:
			if w.err = w.look(version); w.err == errNotYet {
				w.err = nil
			} else {
				w.table = time.Since(begun)
				continue
			}
		default:
			var by string
			if by, w.err = w.visit(); by == version {
				w.answer = time.Since(begun)
			}
		}
		<-tick.C
	}
	if w.err == nil && w.answer == 0 {
		w.err = fmt.Errorf("%s has not answered by %s within %v", w.proxy.name, version, within)
	}
}

// errNotYet says that a table is another.
var errNotYet = fmt.Errorf("not yet")

// look is nil when the table gives everything to one version.
func (w *watch) look(version string) error {
	resp, err := w.proxy.client.Get("http://" + w.proxy.admin + "/api/v1/routes")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var list admin.RouteList
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		return err
	}
	variant := map[string]string{"v1": "stable", "v2": "canary"}[version]
	for _, r := range list.Routes {
		for _, v := range r.Variants {
			if v.Name == variant && v.Share.Share == 1 {
				return nil
			}
		}
	}
	return errNotYet
}

// times are how long a change took, each time.
type times struct{ table, answer []time.Duration }

func (t *times) add(table, answer time.Duration) {
	t.table, t.answer = append(t.table, table), append(t.answer, answer)
}

func (t *times) report(b *testing.B, what string) {
	for name, list := range map[string][]time.Duration{"table": t.table, "answer": t.answer} {
		slices.Sort(list)
		ms := func(at int) float64 { return float64(list[at].Microseconds()) / 1000 }
		b.ReportMetric(ms(len(list)/2), what+"-"+name+"-p50-ms")
		b.ReportMetric(ms(len(list)*99/100), what+"-"+name+"-p99-ms")
		b.ReportMetric(ms(len(list)-1), what+"-"+name+"-max-ms")
	}
}
