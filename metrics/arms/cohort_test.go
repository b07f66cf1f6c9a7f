package arms_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"weir/metrics/arms"
	"weir/proxy/exchange"
	"weir/rollout"
	"weir/rollout/detect"
	"weir/route"
)

// TestProxiesAgree sends the same clients to two proxies, by every key that both
// can know.
func TestProxiesAgree(t *testing.T) {
	for by, client := range map[string]func(n int) *browser{
		"header:X-User": func(n int) *browser { return &browser{fields: fmt.Sprintf("X-User: %d\r\n", n)} },
		"client_ip":     func(n int) *browser { return &browser{from: fmt.Sprintf("127.0.1.%d", n+1)} },
		"cookie":        func(int) *browser { return &browser{} },
	} {
		t.Run(by, func(t *testing.T) {
			s := state(t, "web", 5000, fmt.Sprintf("cohort: {by: %q}", by))
			v1 := at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/")
			v2 := at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/")
			one, other := start(t, "p1", newStates(s)), start(t, "p2", newStates(s))
			one.set(t, v1, v2)
			other.set(t, v1, v2)
			seen := map[string]int{}
			for n := range 60 {
				b := client(n)
				b.t, b.addr = t, one.http
				was := b.get("/")
				b.close()
				b.addr = other.http
				if is := b.get("/"); is != was {
					t.Errorf("client %d: %s on one proxy, %s on the other", n, was, is)
				}
				b.close()
				seen[was]++
			}
			if seen["v1"] < 10 || seen["v2"] < 10 {
				t.Errorf("%v of 60 at 50%%", seen)
			}
		})
	}
}

// TestTheCookieIsSetOnce follows browsers through a raise: nobody leaves the
// candidate, and nobody gets a second cookie.
func TestTheCookieIsSetOnce(t *testing.T) {
	s := state(t, "web", 2000, "cohort: {by: cookie, cookie: who}")
	w := start(t, "p1", newStates(s))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	was := map[*browser]string{}
	for range 60 {
		b := &browser{t: t, addr: w.http}
		was[b] = b.get("/")
		if len(b.cookies) != 1 || !strings.HasPrefix(b.cookies[0], "who=") || !strings.HasSuffix(b.cookies[0], "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax") {
			t.Fatalf("cookies %q", b.cookies)
		}
	}
	s.Generation, s.Weight = 2, 7000
	w.follow(t, s)
	moved := 0
	for b, before := range was {
		now := b.get("/")
		if before == "v2" && now != "v2" {
			t.Error("a browser left the candidate when its weight was raised")
		}
		if before != now {
			moved++
		}
		if len(b.cookies) != 1 {
			t.Errorf("cookies %q", b.cookies)
		}
	}
	if moved < 10 {
		t.Errorf("%d of 60 browsers moved from 20%% to 70%%", moved)
	}
}

// TestSessionsFromBeforeStay keeps who has a session of the application on
// stable, uncounted, and pins by rules even without a share.
func TestSessionsFromBeforeStay(t *testing.T) {
	const lines = `
analysis: {unit: request, warmup: 0s}
cohort: {by: cookie, mode: new_sessions, session_cookie: SID}
match: [{header: X-Canary, exact: "1", to: canary}]
`
	s := state(t, "web", 10000, lines)
	w := start(t, "p1", newStates(s))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	old := &browser{t: t, addr: w.http, fields: "Cookie: SID=1\r\n"}
	fresh := &browser{t: t, addr: w.http}
	tester := &browser{t: t, addr: w.http, fields: "X-Canary: 1\r\n"}
	ask(t, "v1", "/", old, old)
	ask(t, "v2", "/", fresh, fresh, tester)
	w.wants(t, s.ID, "1 at 100%: canary 2, stable 0")
	s.Generation, s.Weight = 2, 0
	w.follow(t, s)
	ask(t, "v2", "/", tester)
	ask(t, "v1", "/", old, fresh)
	w.wants(t, s.ID, "1 at 100%: canary 2, stable 0")
}

// TestAConnectionStaysTogether draws once for all requests of a connection.
func TestAConnectionStaysTogether(t *testing.T) {
	s := state(t, "web", 5000, "cohort: {by: conn}")
	w := start(t, "p1", newStates(s))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	seen := map[string]int{}
	for range 60 {
		b := &browser{t: t, addr: w.http}
		who := b.get("/")
		ask(t, who, "/", b, b, b)
		seen[who]++
	}
	if seen["v1"] < 10 || seen["v2"] < 10 {
		t.Errorf("%v of 60 at 50%%", seen)
	}
}

// TestWithoutTheSecret draws for each request, counts nothing and sets no cookie,
// until the secret can be read.
func TestWithoutTheSecret(t *testing.T) {
	var known atomic.Bool
	s := state(t, "web", 5000, "cohort: {by: cookie}\nanalysis: {warmup: 0s}")
	w := start(t, "p1", newStates(s), func(c *arms.Config) {
		c.Secret = func(context.Context) ([]byte, error) {
			if !known.Load() {
				return nil, errors.New("the store is away")
			}
			return secret(), nil
		}
	})
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	b := &browser{t: t, addr: w.http}
	for range 20 {
		b.get("/")
	}
	w.wants(t, s.ID)
	if b.cookies != nil {
		t.Errorf("cookies %q", b.cookies)
	}
	known.Store(true)
	w.until(t, func() error {
		if b.get("/"); b.cookies == nil {
			return errors.New("no cookie yet")
		}
		return nil
	})
}

// TestShareOfOnePercent draws for 100 000 clients while the table is swapped all
// the time, with other instances of stable, and then for some of them again.
func TestShareOfOnePercent(t *testing.T) {
	const n, again = 100_000, 10_000
	for _, by := range []string{"header:X-User", "conn"} {
		s := state(t, "web", 100, fmt.Sprintf("cohort: {by: %q}\nanalysis: {unit: request, warmup: 0s}", by))
		a := arms.New(arms.Config{Proxy: "p1"})
		a.Rollouts = newStates(s)
		var live route.Live
		h := &exchange.Handler{Chooser: &exchange.Chooser{Live: &live}, Observer: arms.Observer{Observer: silent{}},
			Transports: map[string]exchange.Transport{"http": ok{}}}
		arm := make([]bool, n)
		got, counted := 0, uint64(0)
		for i := range n + again {
			if i%1000 == 0 {
				live.Store(swapped(a, i/1000))
			}
			x := client(i % n)
			h.Serve(x)
			is := x.Target.Variant() == detect.Candidate
			counted += uint64(btoi(is))
			switch {
			case is != x.Drawn.Candidate:
				t.Fatalf("%s: client %d is of the arm %t and reaches %s", by, i, x.Drawn.Candidate, x.Target.Variant())
			case i < n:
				arm[i] = is
				got += btoi(is)
			case is != arm[i-n]:
				t.Fatalf("%s: client %d changes its arm with a swap", by, i)
			}
		}
		if d := math.Abs(float64(got)-n*0.01) / math.Sqrt(n*0.01*0.99); d > 5 {
			t.Errorf("%s: %d of %d clients, %.1f standard deviations off", by, got, n, d)
		}
		report, _ := a.Report(s.ID)
		g := report.Generations[0]
		if len(report.Generations) != 1 || g.Candidate.Units != counted || g.Stable.Units != n+again-counted {
			t.Errorf("%s: %d and %d units are counted, want %d of %d", by, g.Candidate.Units, g.Stable.Units, counted, n+again)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// swapped is a table with one instance of the candidate and some of stable.
func swapped(a *arms.Arms, n int) *route.Table {
	instances := []route.Instance{{Service: "web", ID: "v2", Address: "10.0.0.1", Port: 80, Up: true, Tags: []string{"urlprefix-a.test/"}}}
	for i := range 1 + n%5 {
		instances = append(instances, route.Instance{Service: "web", ID: fmt.Sprint("v1-", i, n), Address: "10.0.1.1", Port: 1 + i, Up: true, Tags: []string{"urlprefix-a.test/"}})
	}
	s := a.Steer(instances)
	table, _ := route.Build(route.Input{Instances: s.Instances, Intents: s.Intents, Trials: s.Trials})
	return table
}

// client is a request of the nth client.
func client(n int) *exchange.Exchange {
	remote := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), uint16(n*7))
	x := &exchange.Exchange{Reply: nowhere{}, Client: &exchange.Client{IP: []byte("10.0.0.1"), Remote: remote, Local: netip.MustParseAddrPort("192.0.2.9:80")}}
	x.Method, x.URI, x.Host = []byte("GET"), []byte("/"), []byte("a.test")
	x.Fields = []exchange.Field{{Name: []byte("X-User"), Value: fmt.Append(nil, n)}}
	return x
}

// ok is a Transport that answers, nowhere a Reply that drops that.
type ok struct{}

func (ok) RoundTrip(x *exchange.Exchange, _ *route.Target) error {
	return errors.Join(x.Head(200, nil, 0, true), x.End(nil))
}

type nowhere struct{}

func (nowhere) Interim(int, []exchange.Field) error               { return nil }
func (nowhere) Head(int, []exchange.Field, int64, bool) error     { return nil }
func (nowhere) Write(p []byte) (int, error)                       { return len(p), nil }
func (nowhere) Flush() error                                      { return nil }
func (nowhere) End([]exchange.Field) error                        { return nil }
func (nowhere) Upgrade([]exchange.Field) (exchange.Stream, error) { return nil, net.ErrClosed }
func (nowhere) Abort()                                            {}

// TestAStateThatMoves asks the controller again when a state has changed between
// its two answers, and goes without a trial rather than with a wrong one.
func TestAStateThatMoves(t *testing.T) {
	for behind, want := range map[int]bool{0: true, 2: true, 3: false} {
		s := state(t, "web", 100, "cohort: {by: conn}")
		all := newStates(s)
		all.behind = behind
		a := arms.New(arms.Config{Proxy: "p1"})
		a.Rollouts = all
		to := a.Steer(nil)
		if got := to.Trials[s.Scope] != nil; got != want {
			t.Errorf("after %d changes there is a trial: %t", behind, got)
		}
		if again := a.Steer(nil); want && again.Trials[s.Scope] != to.Trials[s.Scope] {
			t.Error("the same state has another trial")
		}
	}
}

// TestOnlyRolloutsThatSetWeightsAreTried leaves everything else alone.
func TestOnlyRolloutsThatSetWeightsAreTried(t *testing.T) {
	for name, change := range map[string]func(*rollout.State){
		"observed":     func(s *rollout.State) { s.Policy.Strategy = "observe" },
		"no candidate": func(s *rollout.State) { s.Candidate.Key = "" },
		"no stable":    func(s *rollout.State) { s.Stable.Key = "" },
	} {
		s := state(t, "web", 100, "")
		change(&s)
		a := arms.New(arms.Config{Proxy: "p1"})
		a.Rollouts = newStates(s)
		if to := a.Steer(nil); len(to.Trials) > 0 {
			t.Errorf("%s: there is a trial", name)
		}
		if _, known := a.Report(s.ID); known {
			t.Errorf("%s: there is a report", name)
		}
	}
}
