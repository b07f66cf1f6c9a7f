package consul

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/store/consulkv"
)

const patience = 30 * time.Second

// aliases are names that change.
type aliases struct {
	mu      sync.Mutex
	names   []string
	changed chan struct{}
}

func (a *aliases) get() ([]string, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.names, a.changed
}

func (a *aliases) set(names ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.changed)
	a.names, a.changed = names, make(chan struct{})
}

// registered runs a registrar against the agent at addr until end is called.
func registered(t *testing.T, c *testenv.Consul, addr string, a *aliases) (r *Registrar, end func()) {
	t.Helper()
	health := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(health.Close)
	r, err := NewRegistrar(Registration{
		Agent: consulkv.Agent{Address: addr}, Name: c.Name("fabio"), Address: "10.0.0.7", Port: 9998, Tags: []string{"a"},
		Health: health.URL + "/health", Interval: 50 * time.Millisecond, Timeout: time.Second, Aliases: a.get, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.every = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := testenv.Next(t, patience, "the end", done); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Cleanup(end)
	return r, end
}

// wait waits until Consul has the services of the test, each written as
// NAME@ADDRESS:PORT[TAGS] with the statuses of its checks.
func wait(t *testing.T, c *testenv.Consul, want ...string) {
	t.Helper()
	client, err := consulkv.Agent{Address: c.Addr}.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	testenv.Eventually(t, patience, func() error {
		services, err := client.Agent().Services()
		if err != nil {
			return err
		}
		var got []string
		for _, s := range services {
			name, mine := strings.CutPrefix(s.Service, c.Name(""))
			checks, err := client.Agent().ChecksWithFilter(fmt.Sprintf("ServiceID == %q", s.ID))
			if err != nil || !mine {
				continue
			}
			var states []string
			for _, check := range checks {
				states = append(states, check.Type+" "+check.Status)
			}
			slices.Sort(states)
			got = append(got, fmt.Sprintf("%s@%s:%d%v %s", name, s.Address, s.Port, s.Tags, strings.Join(states, ", ")))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("services %q, want %q", got, want)
		}
		return nil
	})
}

const self = "fabio@10.0.0.7:9998[a] http passing, ttl passing"

func TestWeirIsRegisteredAsLongAsItRuns(t *testing.T) {
	c := testenv.SharedConsul(t)
	a := &aliases{changed: make(chan struct{})}
	r, end := registered(t, c, c.Addr, a)
	wait(t, c, self)
	if want := c.Name("fabio") + "-" + r.host + "-9998"; r.id(r.conf.Name) != want {
		t.Errorf("its ID is %s, want %s", r.id(r.conf.Name), want)
	}
	other := strings.Replace(self, "fabio", "edge", 1)
	a.set(c.Name("edge"))
	wait(t, c, other, self)
	a.set()
	wait(t, c, self)
	a.set(c.Name("edge"))
	wait(t, c, other, self)
	end()
	wait(t, c)
}

// TestOtherChangesAskNothing: tables change often, and mostly not the names.
func TestOtherChangesAskNothing(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	a := &aliases{changed: make(chan struct{})}
	r, err := NewRegistrar(Registration{
		Agent: consulkv.Agent{Address: relay.Addr}, Name: c.Name("fabio"), Port: 9998, Health: "http://127.0.0.1:1/", Interval: time.Hour,
		Timeout: time.Second, Aliases: a.get, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	wait(t, c, "fabio@:9998[] http critical, ttl passing")
	relay.Forget()
	for range 100 {
		a.set()
	}
	a.set(c.Name("last"))
	wait(t, c, "fabio@:9998[] http critical, ttl passing", "last@:9998[] http critical, ttl passing")
	if asked := relay.Requests(); len(asked) > 5 { // a tick of 5 s may fall in
		t.Errorf("%d calls: %q", len(asked), asked)
	}
	cancel()
	testenv.Next(t, patience, "the end", done)
	wait(t, c)
}

func TestARegistrationThatIsLostComesBack(t *testing.T) {
	c := testenv.StartConsul(t)
	r, end := registered(t, c, c.Addr, &aliases{changed: make(chan struct{})})
	wait(t, c, self)
	c.Deregister(r.id(r.conf.Name))
	wait(t, c, self)
	c.Stop()
	c.Restart() // empty
	wait(t, c, self)
	c.Stop()
	end() // there is nobody to tell
}

// TestAnAgentThatHangsHoldsNothingUp: it is told to forget all names at once, and
// weir ends before it has answered.
func TestAnAgentThatHangsHoldsNothingUp(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	a := &aliases{changed: make(chan struct{}), names: []string{c.Name("one"), c.Name("two")}}
	_, end := registered(t, c, relay.Addr, a)
	wait(t, c, self, strings.Replace(self, "fabio", "one", 1), strings.Replace(self, "fabio", "two", 1))
	relay.Delay("/v1/agent/service/deregister/", time.Hour)
	relay.Forget()
	end()
	asked := slices.DeleteFunc(relay.Requests(), func(url string) bool { return !strings.HasPrefix(url, "/v1/agent/service/deregister/") })
	if len(asked) != 3 {
		t.Errorf("asked %q, want a deregistration of each of three names", asked)
	}
}

func TestARegistrationThatIsRefusedIsTriedAgain(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	relay.Fail("/v1/agent/", http.StatusForbidden)
	_, end := registered(t, c, relay.Addr, &aliases{changed: make(chan struct{})})
	testenv.Eventually(t, patience, func() error {
		if len(relay.Requests()) < 2 {
			return errors.New("it does not try again")
		}
		return nil
	})
	wait(t, c)
	relay.Fail("/v1/agent/", 0)
	wait(t, c, self)
	end()
	wait(t, c)
}
