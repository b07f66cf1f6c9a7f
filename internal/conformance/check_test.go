package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"strings"
)

// check sends r as often as it says and tells what is not as expected.
func (c *run) check(r request) error {
	var a answer
	count := map[string]int{}
	for range max(r.Repeat, 1) {
		a = c.ask(r)
		count[a.target]++
	}
	d := &differences{run: c}
	switch x := r.Expect; {
	case x.Failed:
		d.when(a.err == nil && !a.closed, "want a failing connection, got status %d from %q", a.status, a.target)
	case x.Closed:
		d.when(!a.closed, "want the connection closed, got status %d from %q (%v)", a.status, a.target, a.err)
	case a.err != nil || a.closed:
		d.when(true, "closed %v, %v", a.closed, a.err)
	default:
		d.answer(x, a)
		d.fields(x, a)
		d.routes(x, a)
		d.when(x.Distribution != nil && !spread(x.Distribution, count), "got %v, want %v", count, x.Distribution)
	}
	return errors.Join(d.all...)
}

// spread reports whether every target has its number, and nobody else any.
func spread(want map[string][2]int, got map[string]int) bool {
	for target := range got {
		if _, ok := want[target]; !ok {
			return false
		}
	}
	for target, n := range want {
		if got[target] < n[0] || got[target] > n[1] {
			return false
		}
	}
	return true
}

// differences collects what is not as expected.
type differences struct {
	*run
	all []error
}

func (d *differences) when(wrong bool, format string, args ...any) {
	if wrong {
		d.all = append(d.all, fmt.Errorf(format, args...))
	}
}

// text compares with an expected text; an empty one matches all.
func (d *differences) text(what, want, got string) {
	d.when(want != "" && !d.matches(want, got), "%s is %.500q, want %q", what, got, d.expand(want))
}

func (d *differences) matches(want, got string) bool {
	want = d.expand(want)
	if pattern, ok := strings.CutPrefix(want, "~"); ok {
		return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(got)
	}
	return want == got
}

func (d *differences) answer(x expectation, a answer) {
	d.when(x.Status != 0 && x.Status != a.status, "status is %d, want %d", a.status, x.Status)
	d.text("target", x.Target, a.target)
	d.text("request target at the upstream", x.URI, a.seen.URI)
	d.text("host at the upstream", x.Host, a.seen.Host)
	d.text("location", x.Location, a.header.Get("Location"))
	d.text("owner of the certificate", x.TLSPeer, a.tlsPeer)
	if x.Body != nil {
		d.when(!d.matches(*x.Body, a.body), "body is %q, want %q", a.body, d.expand(*x.Body))
	}
	d.when(!strings.Contains(a.body, d.expand(x.BodyContains)), "body is %.500q, which lacks %q", a.body, x.BodyContains)
}

func (d *differences) fields(x expectation, a answer) {
	for name, want := range x.Seen {
		got := strings.Join(a.seen.Headers.Values(name), " | ")
		d.when(!d.matches(want, got), "the upstream saw %s: %q, want %q", name, got, d.expand(want))
	}
	for _, name := range x.NotSeen {
		got := a.seen.Headers.Values(name)
		d.when(len(got) > 0, "the upstream saw %s: %q", name, got)
	}
	for name, want := range x.Headers {
		got := a.header.Get(name)
		d.when(!d.matches(want, got), "the answer has %s: %q, want %q", name, got, want)
	}
}

// routes looks for entries in the list of /api/routes.
func (d *differences) routes(x expectation, a answer) {
	if x.HasRoutes == nil && x.LacksRoutes == nil {
		return
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(a.body), &list); err != nil {
		d.when(true, "%v in %q", err, a.body)
	}
	for _, want := range x.HasRoutes {
		d.when(!d.contains(list, want), "no %v in %s", want, a.body)
	}
	for _, want := range x.LacksRoutes {
		d.when(d.contains(list, want), "%v is in %s", want, a.body)
	}
}

func (d *differences) contains(list []map[string]any, want map[string]any) bool {
	for _, entry := range list {
		got := maps.Clone(entry)
		maps.DeleteFunc(got, func(key string, v any) bool { return !d.equal(want[key], v) })
		if len(got) == len(want) {
			return true
		}
	}
	return false
}

// equal compares values of JSON, numbers to a millionth.
func (d *differences) equal(want, got any) bool {
	switch want := want.(type) {
	case string:
		return d.expand(want) == got
	case float64:
		n, ok := got.(float64)
		return ok && math.Abs(n-want) < 1e-6
	}
	return reflect.DeepEqual(want, got)
}
