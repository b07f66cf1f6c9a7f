package metrics

import (
	"fmt"
	"testing"
	"time"

	"weir/proxy/exchange"
)

func TestMeterReadsWhatHasComeSince(t *testing.T) {
	c := newTestCollector(t)
	c.Exchange(exchangeWith(c, "canary.web.test", 200, 1))
	m := c.Meter()
	if list := m.Read(); list != nil {
		t.Error("what was before counts:", list)
	}
	for _, status := range []int{200, 404, 499, 503} {
		c.Exchange(exchangeWith(c, "canary.web.test", status, 1))
	}
	c.Exchange(exchangeWith(c, "unknown.test", 404, 0))
	c.Session(&exchange.Session{Listener: ":9996", Service: "web", Variant: "stable", Start: time.Now()})
	c.Session(&exchange.Session{Listener: ":9997", Service: "web", Variant: "stable", Start: time.Now()})
	got := ""
	for _, d := range m.Read() {
		got += fmt.Sprintf("%s/%s %d %d %d %v %d\n", d.Service, d.Variant, d.Requests, d.Errors, d.ClientErrors, d.Seconds > 0, d.Connections)
	}
	if want := "/ 1 0 1 true 0\nweb/canary 4 1 1 true 0\nweb/stable 0 0 0 false 2\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if list := m.Read(); list != nil {
		t.Error("the same counts twice:", list)
	}
}

func TestMeterAfterAServiceHasGoneAndComeBack(t *testing.T) {
	c := newTestCollector(t)
	m := c.Meter()
	for range 3 {
		c.Exchange(exchangeWith(c, "canary.web.test", 200, 1))
	}
	m.Read()
	c.requests.drop(func(string, string) bool { return true })
	if list := m.Read(); list != nil {
		t.Error(list)
	}
	c.Exchange(exchangeWith(c, "canary.web.test", 200, 1))
	if list := m.Read(); len(list) != 1 || list[0].Requests != 1 {
		t.Error(list)
	}
}

// BenchmarkMeter reads ten thousand services of which a tenth has requests.
func BenchmarkMeter(b *testing.B) {
	c := newTestCollector(b)
	var busy []*requestSeries
	for i := range 10_000 {
		s := c.requests.bound.Get(requestKey{":80", fmt.Sprint("s", i), "stable"})
		s.count[2].Inc()
		if i%10 == 0 {
			busy = append(busy, s)
		}
	}
	m := c.Meter()
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range busy {
			s.count[2].Inc()
			s.duration.Observe(0.01)
			s.seen.Add(1)
		}
		if len(m.Read()) != len(busy) {
			b.Fatal("not all are read")
		}
	}
}
