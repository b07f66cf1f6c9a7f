package exchange

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"weir/route"
)

var webScope = route.Scope{Kind: "service", Name: "web"}

// drainTable has a service with two versions; old drains where drains says so.
func drainTable(drains ...route.Drain) *route.Table {
	in := route.Input{Drains: drains}
	for _, id := range []string{"old", "new"} {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: id, Variant: "of-" + id, Up: true,
			Address: "10.0.0." + fmt.Sprint(len(in.Instances)+1), Port: 80, Tags: []string{"urlprefix-web.test/"}})
	}
	table, _ := route.Build(in)
	return table
}

// oldDrains is a drain of version old that begins now.
func oldDrains(most time.Duration, rate int) route.Drain {
	return route.Drain{Scope: webScope, Version: "v-old", Instances: []route.Name{{Service: "web", Instance: "old"}},
		Since: time.Now(), Max: most, Rate: rate}
}

// targetNamed is the target of an instance.
func targetNamed(table *route.Table, id string) *route.Target {
	for _, t := range table.Targets() {
		if t.Instance() == id {
			return t
		}
	}
	return nil
}

// open is something that is bound to a target.
type open struct {
	to    *route.Target
	start time.Time
}

// crowd is a lot of what is open, and when each of it was ended.
type crowd struct {
	drains *Drains
	open   []open
	ended  []time.Time
	next   time.Duration
}

func newCrowd(live *route.Live) *crowd {
	return &crowd{drains: &Drains{Live: live, CloseIdle: func(*route.Target) {}}}
}

// add opens n connections.
func (c *crowd) add(n int, id string) {
	to := targetNamed(c.drains.Live.Load(), id)
	for range n {
		c.open = append(c.open, open{to, time.Now()})
	}
}

// look looks once.
func (c *crowd) look() {
	l := c.drains.Look(time.Now())
	c.open = slices.DeleteFunc(c.open, func(o open) bool {
		ends := l.Bound(o.to, o.start) == Ends
		if ends {
			c.ended = append(c.ended, time.Now())
		}
		return ends
	})
	c.next = l.End()
}

// run looks as a server does for so long.
func (c *crowd) run(long time.Duration) {
	for until := time.Now().Add(long); time.Now().Before(until); {
		c.look()
		time.Sleep(min(c.next, time.Until(until)))
	}
}

// count is how many are open with an instance.
func (c *crowd) count(id string) (n int) {
	for _, o := range c.open {
		if o.to.Instance() == id {
			n++
		}
	}
	return n
}

// TestDrainsEndInTime: nobody is ended before the rate needs it, nobody is left at
// the end, and what is open elsewhere or began later stays.
func TestDrainsEndInTime(t *testing.T) {
	for _, c := range []struct {
		n, rate int
		most    time.Duration
		first   time.Duration // when the first is ended at the earliest
		fastest int           // how many in one second at most
	}{
		{1, 50, 15 * time.Minute, 15 * time.Minute, 1},
		{2, 50, 15 * time.Minute, 15*time.Minute - 40*time.Millisecond, 2},
		{1000, 50, 15 * time.Minute, 15*time.Minute - 20*time.Second, 55},
		{400, 500, 5 * time.Second, 5*time.Second - 800*time.Millisecond, 400},
		{2500, 500, 5 * time.Second, 0, 600},
		{10000, 500, 5 * time.Second, 0, 2500}, // more than the rate allows: all are gone all the same
		{3, 1, 2 * time.Second, 0, 2},
	} {
		t.Run(fmt.Sprintf("%d at %d/s within %v", c.n, c.rate, c.most), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var live route.Live
				live.Store(drainTable())
				crowd := newCrowd(&live)
				crowd.add(c.n, "old")
				crowd.add(100, "new")
				crowd.run(10 * time.Second)
				since := time.Now()
				live.Store(drainTable(oldDrains(c.most, c.rate)))
				crowd.look()
				time.Sleep(time.Millisecond)
				crowd.add(10, "old") // by name
				crowd.run(c.most + time.Millisecond)
				if len(crowd.ended) != c.n || crowd.count("old") != 10 || crowd.count("new") != 100 {
					t.Fatalf("%d of %d were ended; %d that came later and %d others stay", len(crowd.ended), c.n, crowd.count("old"), crowd.count("new"))
				}
				if first := crowd.ended[0].Sub(since); first < c.first {
					t.Errorf("the first was ended after %v, want %v", first, c.first)
				}
				for i := range crowd.ended {
					if j := i + c.fastest; j < c.n && crowd.ended[j].Sub(crowd.ended[i]) < 900*time.Millisecond {
						t.Fatalf("more than %d were ended within a second", c.fastest)
					}
				}
				crowd.run(2 * time.Second)
				if r := crowd.drains.Report(); len(r.Draining) > 0 || crowd.drains.active.Load() != nil {
					t.Errorf("the drain goes on: %+v", r)
				}
			})
		})
	}
}

// TestADrainThatIsCalledOff ends nobody, and the next one begins anew.
func TestADrainThatIsCalledOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live route.Live
		live.Store(drainTable(oldDrains(time.Minute, 10)))
		crowd := newCrowd(&live)
		crowd.look()
		crowd.add(20, "old")
		time.Sleep(time.Second)
		live.Store(drainTable())
		crowd.look()
		live.Store(drainTable(oldDrains(time.Minute, 10)))
		crowd.run(30 * time.Second)
		want := Report{Open: map[Part]int{{"web", "of-old"}: 20, {"web", "of-new"}: 0}, Draining: []Draining{{webScope, "v-old", 20, time.Now().Add(30 * time.Second)}}}
		if got := crowd.drains.Report(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		crowd.run(29 * time.Second)
		gone := len(crowd.ended)
		live.Store(drainTable())
		crowd.run(time.Minute)
		if gone < 5 || gone > 15 || len(crowd.ended) != gone {
			t.Errorf("%d were ended, and %d after the drain was called off", gone, len(crowd.ended)-gone)
		}
	})
}

// TestAnInstanceThatLeavesGoesOnDraining: what is open with it is not lost sight of.
func TestAnInstanceThatLeavesGoesOnDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live route.Live
		live.Store(drainTable())
		crowd := newCrowd(&live)
		crowd.add(1, "old")
		time.Sleep(time.Millisecond)
		drain := oldDrains(time.Minute, 10)
		live.Store(drainTable(drain))
		crowd.run(time.Second)
		drain.Instances = nil
		gone, _ := route.Build(route.Input{Drains: []route.Drain{drain}})
		live.Store(gone)
		crowd.run(time.Minute)
		if len(crowd.ended) != 1 {
			t.Error("it was not ended")
		}
	})
}

// TestAsking: clients are asked at the rate of the drain.
func TestAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var live route.Live
		live.Store(drainTable(oldDrains(time.Minute, 10)))
		d := &Drains{Live: &live}
		asked := 0
		for range 5 {
			l := d.Look(time.Now())
			for range 100 {
				if l.MayAsk(targetNamed(live.Load(), "old")) {
					asked++
				}
				if l.MayAsk(targetNamed(live.Load(), "new")) {
					t.Fatal("a client of another version is asked")
				}
			}
			time.Sleep(l.End())
		}
		if asked != 50 {
			t.Errorf("%d were asked in 5 s, want 50", asked)
		}
	})
}

// TestCoversCostsNothing, whether or not something drains.
func TestCoversCostsNothing(t *testing.T) {
	start := time.Now()
	var live route.Live
	for name, c := range map[string]struct {
		table *route.Table
		want  bool
	}{"calm": {drainTable(), false}, "draining": {drainTable(oldDrains(time.Hour, 1)), true}} {
		live.Store(c.table)
		d := &Drains{Live: &live}
		d.Look(time.Now()).End()
		old, fresh := targetNamed(c.table, "old"), targetNamed(c.table, "new")
		if n := testing.AllocsPerRun(100, func() {
			if d.Covers(old, start) != c.want || d.Covers(fresh, start) || d.Covers(nil, start) || d.Covers(old, start.Add(time.Hour)) {
				t.Fatalf("%s: %t", name, d.Covers(old, start))
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if (*Drains)(nil).Covers(nil, start) || (*Drains)(nil).Report().Open != nil {
		t.Error("no drains cover something")
	}
}
