package route_test

import (
	"fmt"
	"sync"
	"testing"

	"weir/route"
)

// wide builds a table of n exact hosts, of wildcards, and of nested paths.
func wide(n int, o route.Options) *route.Table {
	in := route.Input{Options: o, Instances: make([]route.Instance, 0, n+2)}
	for i := range n {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Address: "10.0.0.1", Port: 80, Up: true,
			Tags: []string{fmt.Sprintf("urlprefix-host-%d.example.com/", i)}})
	}
	for i, weight := range []string{"", " weight=0.2 variant=canary"} {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint("w", i), Address: fmt.Sprint("10.0.1.", i), Port: 80, Up: true,
			Tags: []string{"urlprefix-*.wild.test/" + weight, "urlprefix-{a,b}.alt.test/" + weight, "urlprefix-/api" + weight,
				"urlprefix-/api/v1/" + weight, "urlprefix-paths.test/" + weight, "urlprefix-:9000 proto=tcp" + weight}})
	}
	table, _ := route.Build(in)
	return table
}

// TestNothingAllocates: finding and picking make no garbage.
func TestNothingAllocates(t *testing.T) {
	for _, o := range []route.Options{{}, {Matcher: route.PrefixFold, Strategy: route.RoundRobin}} {
		table, buf := wide(100, o), make([]byte, 0, 100)
		tried := []string{"10.0.1.0:80"}
		for name, f := range map[string]func(){
			"exact host": func() { table.HTTP("host-7.example.com", "/x", false) },
			"wildcard":   func() { table.HTTP("a.b.wild.test", "/x", true) },
			"glob":       func() { table.HTTP("b.alt.test", "/x", true) },
			"no host":    func() { table.HTTP("other.test", "/api/v1/x", false) },
			"no route":   func() { table.HTTP("other.test", "/none", false) },
			"next":       func() { table.Next(table.HTTP("a.wild.test", "/api", false), "a.wild.test", "/api", false, nil) },
			"sni":        func() { table.SNI("a.b.wild.test") },
			"port":       func() { table.Port(":9000") },
			"pick":       func() { table.SNI("a.wild.test").Pick(route.Draw{Variant: 1 << 63, Target: 7, Seq: 9}) },
			"pick other": func() { table.SNI("a.wild.test").Pick(route.Draw{Seq: 9}, tried...) },
			"host":       func() { table.HTTP(route.NormalHost("host-7.example.com:80", false), "/", false) },
			"path":       func() { route.NormalPath("/a/.b/c..d/") },
			"rewrite":    func() { table.Port(":9000").Pick(route.Draw{}).AppendPath(buf, "/x") },
		} {
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s allocates %v times, want 0", name, n)
			}
		}
	}
}

// TestLive: readers and the publisher need nothing but Live.
func TestLive(t *testing.T) {
	var live route.Live
	if r := live.Load().HTTP("a.wild.test", "/", false); r != nil || live.Load().SNI("x") != nil || live.Load().Port(":1") != nil {
		t.Error("a table that was never stored has routes")
	}
	tables := []*route.Table{wide(10, route.Options{}), wide(20, route.Options{Strategy: route.RoundRobin})}
	live.Store(tables[0])
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for i := range uint64(2000) {
				r := live.Load().HTTP("a.wild.test", "/x", i%2 == 0)
				if target := r.Pick(route.Draw{Variant: i << 50, Target: i, Seq: i}); target == nil || target.Share() == 0 {
					t.Error("no target was picked")
				}
			}
		})
	}
	for i := range 200 {
		live.Store(tables[i%2])
	}
	readers.Wait()
}

// TestRoutesAreCopies: who changes what accessors return changes nothing else.
func TestRoutesAreCopies(t *testing.T) {
	table := wide(3, route.Options{})
	before := table.String()
	routes := table.Routes()
	clear(routes[0].Variants())
	clear(routes)
	if table.String() != before {
		t.Errorf("the table has changed:\n%s", table)
	}
}

func TestOrderOfInstancesDoesNotMatter(t *testing.T) {
	var in route.Input
	for i := range 20 {
		in.Instances = append(in.Instances, route.Instance{Service: fmt.Sprint("s", i%3), ID: fmt.Sprint(i), Address: fmt.Sprint("10.0.0.", i), Port: 80, Up: true,
			Tags: []string{"urlprefix-/", "urlprefix-a.test/"}})
	}
	table, _ := route.Build(in)
	for i := range in.Instances {
		j := (i * 7) % len(in.Instances)
		in.Instances[i], in.Instances[j] = in.Instances[j], in.Instances[i]
	}
	if other, _ := route.Build(in); other.String() != table.String() || other.Commands() != table.Commands() {
		t.Errorf("another order of the instances makes\n%s, want\n%s", other, table)
	}
}
