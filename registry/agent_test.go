package registry_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/intent"
	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/consul"
	"weir/route"
	"weir/store/consulkv"
)

// within bounds what a real agent may take; it takes milliseconds.
const within = 10 * time.Second

// onConsul is a publisher that reads what belongs to the test from the agent
// at addr.
func onConsul(t *testing.T, c *testenv.Consul, addr, file string) bench {
	t.Helper()
	agent := consulkv.Agent{Address: addr, Retry: 20 * time.Millisecond}
	prefix := c.Name("urlprefix-")
	source, err := consul.New(consul.Config{Agent: agent, TagPrefix: registry.TagPrefixes{prefix}, KVPath: c.Key("config"), NoRoute: c.Key("noroute.html")})
	if err != nil {
		t.Fatal(err)
	}
	kv, err := consulkv.Open(agent, c.Key("weir"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kv.Close() })
	return start(t, registry.Config{
		Sources: []registry.Source{source}, Intents: intent.In(kv), Options: route.Options{TagPrefix: prefix},
		File: file, Timeout: 200 * time.Millisecond,
	})
}

// until waits for a table of these lines, without the space of the test.
func (b bench) until(t *testing.T, c *testenv.Consul, lines ...string) {
	t.Helper()
	want := strings.Join(append(lines, ""), "\n")
	testenv.Eventually(t, within, func() error {
		if got := strings.ReplaceAll(b.live.Load().String(), c.Name(""), ""); got != want {
			return fmt.Errorf("table\n%swant\n%s", got, want)
		}
		return nil
	})
}

func service(c *testenv.Consul, id string, port int, options string) testenv.Service {
	return testenv.Service{
		Name: c.Name("web"), ID: c.Name(id), Port: port, Address: "10.0.0.1",
		Tags: []string{c.Name("urlprefix-") + "a.test/ " + options},
	}
}

func TestARegistrationIsATableInMilliseconds(t *testing.T) {
	c := testenv.SharedConsul(t)
	b := onConsul(t, c, c.Addr, "")
	b.until(t, c)
	var took []time.Duration
	for i := range 10 {
		begun := time.Now()
		c.Register(service(c, "1", 1000+i, ""))
		b.until(t, c, fmt.Sprintf("a.test/  web/stable  100%%  10.0.0.1:%d", 1000+i))
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("from the call of the agent to the table: median %v, longest %v", took[5], took[9])
	c.Deregister(c.Name("1"))
	b.until(t, c) // an empty success is empty
}

func TestOverridesAndABadLine(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.Register(service(c, "1", 1000, ""))
	c.Register(service(c, "2", 2000, ""))
	b := onConsul(t, c, c.Addr, "")
	web := c.Name("web")
	c.PutKV(c.Key("config"), "route weight "+web+" a.test/ weight 0.1 tags \"none\"\nroute nonsense\nroute add kv b.test/ http://10.0.0.9:80/")
	c.PutKV(c.Key("config/a"), "route del "+web+" a.test/ http://10.0.0.1:2000/")
	b.until(t, c, "b.test/  kv/stable  100%  10.0.0.9:80", "a.test/  web/stable  100%  10.0.0.1:1000")
	var sources []string
	for _, p := range b.Problems() {
		sources = append(sources, p.Source)
	}
	if want := "kv " + c.Key("config") + ":2"; !slices.Contains(sources, want) {
		t.Errorf("problems of %q, want one of %q", sources, want)
	}
}

func TestIntentsReachEveryPublisherOfTheStore(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.Register(service(c, "1", 1000, ""))
	c.Register(service(c, "2", 2000, "variant=canary"))
	one, two := onConsul(t, c, c.Addr, ""), onConsul(t, c, c.Addr, "")
	kv, err := consulkv.Open(consulkv.Agent{Address: c.Addr}, c.Key("weir"))
	if err != nil {
		t.Fatal(err)
	}
	defer kv.Close()
	in := route.Intent{
		Scope: route.Scope{Kind: "service", Name: c.Name("web")}, Shares: map[string]route.Weight{"canary": 2500},
		By: "alice", At: time.Now(),
	}
	put, err := intent.In(kv).Put(t.Context(), in, 0)
	if err != nil {
		t.Fatal(err)
	}
	shared := []string{"a.test/  web/canary  25%  10.0.0.1:2000  variant=canary", "a.test/  web/stable  75%  10.0.0.1:1000"}
	one.until(t, c, shared...)
	two.until(t, c, shared...)
	c.PutKV(c.Key("weir/v1/intents/service/broken"), "{")
	testenv.Eventually(t, within, func() error {
		if list := one.Problems(); len(list) != 1 || list[0].Service != "broken" {
			return fmt.Errorf("problems %+v, want one about the intent that cannot be read", list)
		}
		return nil
	})
	if err := intent.In(kv).Delete(t.Context(), in.Scope, put.Index); err != nil {
		t.Fatal(err)
	}
	even := []string{"a.test/  web/canary  50%  10.0.0.1:2000  variant=canary", "a.test/  web/stable  50%  10.0.0.1:1000"}
	one.until(t, c, even...)
	two.until(t, c, even...)
}

func TestConsulAwayAtAStartAndLater(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	file := filepath.Join(t.TempDir(), "known.json")
	c.Register(service(c, "1", 1000, ""))
	lines := []string{"a.test/  web/stable  100%  10.0.0.1:1000"}
	t.Run("while it runs", func(t *testing.T) {
		b := onConsul(t, c, relay.Addr, file)
		b.until(t, c, lines...)
		relay.Cut()
		testenv.Eventually(t, within, func() error {
			for _, s := range b.Status().Sources {
				if s.Err == "" || s.Stale(time.Now()) <= 0 {
					return fmt.Errorf("%s is not said to be stale: %+v", s.Name, s)
				}
			}
			return nil
		})
		b.until(t, c, lines...)
	})
	t.Run("at a start", func(t *testing.T) {
		b := onConsul(t, c, relay.Addr, file)
		b.until(t, c, lines...)
		if s := b.Status(); !s.Ready || !s.Sources[0].Saved {
			t.Errorf("status %+v", s)
		}
		c.Register(service(c, "1", 1001, ""))
		relay.Mend()
		b.until(t, c, "a.test/  web/stable  100%  10.0.0.1:1001")
		testenv.Eventually(t, within, func() error {
			for _, s := range b.Status().Sources {
				if s.Err != "" || s.Saved {
					return errors.New(s.Name + " is still said to be stale")
				}
			}
			return nil
		})
	})
}
