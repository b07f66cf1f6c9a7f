package metrics

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"weir/proxy/exchange"
)

var update = flag.Bool("update", false, "rewrite testdata")

// observe feeds one of everything.
func observe(c *Collector) {
	c.Accepted(":9999")
	c.Accepted(":9999")
	c.Closed(":9999")
	c.Refused(":9996", "hello")
	c.Exchange(exchangeWith(c, "canary.web.test", 200, 1))
	c.Exchange(exchangeWith(c, "canary.web.test", 503, 3))
	c.Exchange(exchangeWith(c, "canary.web.test", 499, 1))
	c.Exchange(exchangeWith(c, "web.test", 503, 0))
	c.Exchange(exchangeWith(c, "unknown.test", 404, 0))
	for _, err := range []error{
		nil, errors.New("cut"), exchange.ErrDrained,
		&exchange.AttemptError{Kind: exchange.ConnectFailed}, &exchange.AttemptError{Kind: exchange.ClientGone},
	} {
		c.Session(&exchange.Session{Listener: ":9996", Service: "web", Variant: "canary",
			Start: time.Now(), Attempts: 2, BytesIn: 1, BytesOut: 2, Err: err})
	}
	c.Session(&exchange.Session{Listener: ":9996", Start: time.Now(), Err: errors.New("no route")})
	web := exchangeWith(c, "web.test", 200, 1)
	c.Session(&exchange.Session{Listener: ":9996", Start: time.Now(), Service: "web", Variant: "stable", Route: web.Route, To: web.Route.Variants()[1].Targets[0]})
	for _, done := range []exchange.Copy{{Status: 200}, {Status: 503}, {Status: 200, Err: errors.New("cut")}, {}, {Dropped: true}} {
		done.Target = exchangeWith(c, "canary.web.test", 200, 1).Target
		c.Copied(&done)
	}
}

func TestEverythingIsCounted(t *testing.T) {
	c := newTestCollector(t)
	observe(c)
	got := dump(t, c)
	if *update {
		if err := os.WriteFile("testdata/counted.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/counted.txt")
	if err != nil || got != string(want) {
		t.Errorf("%v, got:\n%s", err, got)
	}
}

func TestScrapeOverASocket(t *testing.T) {
	c := newTestCollector(t)
	observe(c)
	server := httptest.NewServer(c.Handler())
	defer server.Close()
	for accept, want := range map[string]string{
		"": `weir_requests_total{code="404",listener=":9999",service="",variant=""} 1`,
		"application/openmetrics-text;version=1.0.0": "# EOF",
	} {
		want = strings.Replace(want, "404", "4xx", 1)
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		req.Header.Set("Accept", accept)
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("accept %q: %v, no %s in\n%s", accept, err, want, body)
		}
	}
}

func TestNamesAndHelpsAreGood(t *testing.T) {
	c := newTestCollector(t)
	observe(c)
	problems, err := testutil.GatherAndLint(c.registry)
	if err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
	families, _ := c.registry.Gather()
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "weir_") && !strings.Contains(f.GetHelp(), "Worry ") {
			t.Errorf("%s does not say when to worry", f.GetName())
		}
	}
}

func TestTwoCollectorsDoNotMix(t *testing.T) {
	a, b := newTestCollector(t), newTestCollector(t)
	a.Accepted(":1")
	if got := dump(t, b); strings.Contains(got, "listener=:1") {
		t.Error(got)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	c := newTestCollector(t)
	x := exchangeWith(c, "canary.web.test", 200, 1)
	s := &exchange.Session{Listener: ":9996", Service: "web", Variant: "canary", Start: time.Now()}
	for name, do := range map[string]func(){
		"exchange":    func() { c.Exchange(x) },
		"session":     func() { c.Session(s) },
		"connections": func() { c.Accepted(":1"); c.Closed(":1") },
	} {
		do()
		if n := testing.AllocsPerRun(1000, do); n != 0 {
			t.Errorf("%s allocates %v times, want 0", name, n)
		}
	}
}

func TestCountingWhileScrapingAndSweeping(t *testing.T) {
	c := newTestCollector(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				observe(c)
			}
		})
	}
	for range 20 {
		dump(t, c)
		c.sweep(build(t, ""), c.sweep(build(t, ""), nil))
	}
	wg.Wait()
	if got := dump(t, c); !strings.Contains(got, "weir_connections_accepted_total{listener=:9999} 1600\n") {
		t.Error(got)
	}
}

func TestSeriesOfWhatIsGoneAreDeletedAfterTwoLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCollector(t)
		observe(c)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()

		const canary, stable = "variant=canary", "service=web variant="
		c.live.Store(build(t, "route add web web.test/ http://10.0.0.1:80/"))
		<-time.After(sweepEvery + time.Second)
		if got := dump(t, c); !strings.Contains(got, canary) {
			t.Errorf("the canary is gone after one look:\n%s", got)
		}
		<-time.After(sweepEvery)
		if got := dump(t, c); strings.Contains(got, canary) || strings.Contains(got, "route=canary.web.test/") || !strings.Contains(got, stable) {
			t.Errorf("want no %s, but %s:\n%s", canary, stable, got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkExchange(b *testing.B) {
	c := newTestCollector(b)
	x := exchangeWith(c, "canary.web.test", 200, 1)
	b.ReportAllocs()
	for b.Loop() {
		c.Exchange(x)
	}
}

func BenchmarkExchangeParallel(b *testing.B) {
	c := newTestCollector(b)
	x := exchangeWith(c, "canary.web.test", 200, 1)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Exchange(x)
		}
	})
}
