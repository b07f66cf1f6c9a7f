package consul_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
)

// TestANamespaceIsRefusedByAConsulWithout: Consul Enterprise has them, and is
// not to be had here.
func TestANamespaceIsRefusedByAConsulWithout(t *testing.T) {
	c := testenv.SharedConsul(t)
	conf := config(c, c.Addr)
	conf.Agent.Namespace = "team"
	run(t, conf).waitError("Namespaces are a Consul Enterprise feature")
}

func TestSeveralTagPrefixes(t *testing.T) {
	c := testenv.SharedConsul(t)
	conf := config(c, c.Addr)
	first, second := conf.TagPrefix[0], c.Name("weir-")
	conf.TagPrefix = registry.TagPrefixes{first, second}
	one := web(c, "1", 80)
	one.Tags = []string{"v1", second + "a/", first + "b/"}
	c.Register(one)
	s := run(t, conf).wait("1@127.0.0.1:80/true")
	if want := []string{"v1", first + "a/", first + "b/"}; !slices.Equal(s.Instances[0].Tags, want) {
		t.Errorf("tags %q, want %q", s.Instances[0].Tags, want)
	}
}

func TestPollingSeesChangesAndNeverWaits(t *testing.T) {
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	conf := config(c, relay.Addr)
	conf.Poll = 10 * time.Millisecond
	one := web(c, "1", 80)
	c.Register(one)
	w := run(t, conf)
	w.wait("1@127.0.0.1:80/true")
	one.Port = 81
	c.Register(one)
	c.PutKV(c.Key("config"), "x")
	w.wait("1@127.0.0.1:81/true config=x")
	relay.Cut()
	w.wait("1@127.0.0.1:81/true config=x error")
	relay.Mend()
	w.wait("1@127.0.0.1:81/true config=x")
	for _, url := range relay.Requests() {
		if strings.Contains(url, "index=") || strings.Contains(url, "wait=") {
			t.Errorf("asked %s, which waits", url)
		}
	}
}
