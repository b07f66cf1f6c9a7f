package consul_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

func TestAnOutageKeepsWhatWasKnownAndSaysSince(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	one := web(c, "1", 80)
	c.Register(one)
	w := run(t, config(c, relay.Addr))
	good := w.wait("1@127.0.0.1:80/true")
	relay.Cut()
	stale := w.wait("1@127.0.0.1:80/true error")
	if stale.At.Before(good.At.Add(-time.Second)) || !stale.At.Before(time.Now()) {
		t.Errorf("stale since %v, want the time of the last answer, %v", stale.At, good.At)
	}
	later := w.wait("1@127.0.0.1:80/true error")
	if later.At.After(stale.At) { // other queries may have failed since
		t.Errorf("stale since %v and then only since %v", stale.At, later.At)
	}
	one.Port = 81
	c.Register(one)
	relay.Mend()
	w.wait("1@127.0.0.1:81/true")
}

func TestAnOutageThatChangedNothingEnds(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	c.Register(web(c, "1", 80))
	w := run(t, config(c, relay.Addr))
	w.wait("1@127.0.0.1:80/true")
	relay.Cut()
	w.wait("1@127.0.0.1:80/true error")
	relay.Mend()
	w.wait("1@127.0.0.1:80/true")
}

func TestAFailingQueryTakesNothingAway(t *testing.T) {
	for _, path := range []string{"/v1/internal/ui/nodes", "/v1/kv/"} {
		t.Run(path, func(t *testing.T) {
			c := testenv.SharedConsul(t)
			relay := testenv.NewRelay(t, c)
			one := web(c, "1", 80)
			c.Register(one)
			c.PutKV(c.Key("config"), "x")
			w := run(t, config(c, relay.Addr))
			w.wait("1@127.0.0.1:80/true config=x")
			breakQuery(t, relay, path, func() { relay.Fail(path, http.StatusInternalServerError) })
			w.waitError("500")
			w.wait("1@127.0.0.1:80/true config=x error")
			relay.Fail(path, 0)
			w.wait("1@127.0.0.1:80/true config=x")
		})
	}
}

func TestNothingIsSentAsWholeBeforeAllIsRead(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	c.Register(web(c, "1", 80))
	c.PutKV(c.Key("config"), "x")
	relay.Fail("/v1/kv/"+c.Key("config"), http.StatusForbidden)
	w := run(t, config(c, relay.Addr))
	if s := w.wait("error"); !s.At.IsZero() {
		t.Errorf("a snapshot without the route commands claims to be of %v", s.At)
	}
	relay.Fail("/v1/kv/"+c.Key("config"), 0)
	w.wait("1@127.0.0.1:80/true config=x")
}

func TestAnIndexThatGoesBackwardsStartsOver(t *testing.T) {
	const path = "/v1/internal/ui/nodes"
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	one := web(c, "1", 80)
	c.Register(one)
	relay.Index(path, func(i uint64) uint64 { return i + 1_000_000 })
	w := run(t, config(c, relay.Addr))
	w.wait("1@127.0.0.1:80/true")
	breakQuery(t, relay, path, func() { relay.Index(path, func(i uint64) uint64 { return 7 }) })
	one.Port = 81
	c.Register(one)
	w.wait("1@127.0.0.1:81/true")
	relay.Index(path, func(i uint64) uint64 { return 3 })
	relay.Forget()
	testenv.Eventually(t, within, func() error {
		if !slices.ContainsFunc(relay.Requests(), func(url string) bool {
			return strings.HasPrefix(url, path) && !strings.Contains(url, "index=")
		}) {
			return errors.New("no query without an index")
		}
		return nil
	})
}

// breakQuery waits until a blocking query of path is answered or under way,
// changes something, and then breaks the one that is under way.
func breakQuery(t *testing.T, relay *testenv.Relay, path string, change func()) {
	t.Helper()
	testenv.Eventually(t, within, func() error {
		if !slices.ContainsFunc(relay.Requests(), func(url string) bool {
			return strings.HasPrefix(url, path) && strings.Contains(url, "index=")
		}) {
			return errors.New("no blocking query yet")
		}
		return nil
	})
	change()
	testenv.Eventually(t, within, func() error {
		if !relay.Break(path) {
			return errors.New("no query is under way")
		}
		return nil
	})
}

func TestServersRestoredFromNothing(t *testing.T) {
	c := testenv.StartConsul(t)
	for range 20 { // drives the index up
		c.PutKV(c.Key("config"), time.Now().String())
	}
	c.PutKV(c.Key("config"), "x")
	c.Register(web(c, "1", 80))
	w := run(t, config(c, c.Addr))
	w.wait("1@127.0.0.1:80/true config=x")
	c.Stop()
	w.wait("1@127.0.0.1:80/true config=x error")
	c.Restart()
	w.wait("") // an empty success means empty
	c.Register(web(c, "2", 80))
	w.wait("2@127.0.0.1:80/true")
}

func TestAnAgentWithoutALeaderIsNotBelieved(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	c.Register(web(c, "1", 80))
	w := run(t, config(c, relay.Addr))
	w.wait("1@127.0.0.1:80/true")
	breakQuery(t, relay, "/v1/internal/", func() { relay.Header("/v1/internal/", "X-Consul-KnownLeader", "false") })
	w.waitError("no leader")
	w.wait("1@127.0.0.1:80/true error")
}
