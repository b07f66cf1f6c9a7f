package upstream

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"weir/proxy/exchange"
)

func TestTheConnectionUsedLastIsUsedNext(t *testing.T) {
	peer := listen(t, false)
	target := to(t, "http://"+peer.addr, "")
	p := newPool(t, &Pool{})
	a, b := dial(t, p, target, ""), dial(t, p, target, "")
	for _, order := range [][]*Conn{{a, b}, {b, a}} {
		p.Put(order[0])
		p.Put(order[1])
		for _, want := range []*Conn{order[1], order[0], nil} {
			if got := p.Idle(target, nil); got != want {
				t.Errorf("got %p, want %p", got, want)
			}
		}
	}
}

// Connections are kept by what they are good for, not by the table that asked
// for them: address, scheme, verification, and server name.
func TestConnectionsAreNotMixedUp(t *testing.T) {
	plain, other, secure := listen(t, false), listen(t, false), listen(t, true)
	p := newPool(t, &Pool{Dialer: &Dialer{TLS: secure.roots()}})
	type use struct{ url, opts, host string }
	for name, c := range map[string]struct {
		first, second use
		same          bool
	}{
		"another table":         {use{"http://" + plain.addr, "", "a.test"}, use{"http://" + plain.addr, "", "b.test"}, true},
		"other options":         {use{"http://" + plain.addr, "", ""}, use{"http://" + plain.addr, "strip=/x host=c.test", ""}, true},
		"another path":          {use{"http://" + plain.addr, "", ""}, use{"http://" + plain.addr + "/x", "", ""}, true},
		"another address":       {use{"http://" + plain.addr, "", ""}, use{"http://" + other.addr, "", ""}, false},
		"over TLS":              {use{"http://" + secure.addr, "", "a.test"}, use{"https://" + secure.addr, "", "a.test"}, false},
		"over TLS, other table": {use{"https://" + secure.addr, "", "a.test"}, use{"https://" + secure.addr, "", "a.test"}, true},
		"another port asked":    {use{"https://" + secure.addr, "", "a.test"}, use{"https://" + secure.addr, "", "A.TEST:8443"}, true},
		"another name asked":    {use{"https://" + secure.addr, "", "a.test"}, use{"https://" + secure.addr, "", "b.test"}, false},
		"another name set":      {use{"https://" + secure.addr, "host=a.test", ""}, use{"https://" + secure.addr, "host=b.test", ""}, false},
		"the same name set":     {use{"https://" + secure.addr, "host=a.test", "x.test"}, use{"https://" + secure.addr, "host=a.test", "y.test"}, true},
		"unverified":            {use{"https://" + secure.addr, "tlsskipverify=true", "a.test"}, use{"https://" + secure.addr, "", "a.test"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := dial(t, p, to(t, c.first.url, c.first.opts), c.first.host)
			p.Put(a)
			got := p.Idle(to(t, c.second.url, c.second.opts), []byte(c.second.host))
			if (got == a) != c.same || got != nil && got != a {
				t.Errorf("got %p of %p, want the same: %v", got, a, c.same)
			}
			if got == nil {
				got = p.Idle(to(t, c.first.url, c.first.opts), []byte(c.first.host))
			}
			p.Discard(got)
		})
	}
}

func TestIdleConnectionsAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		ofOne, ofAll int
		kept         []int // of three, by their number
	}{
		"no bound reached": {0, 0, []int{2, 1, 0}},
		"two of a target":  {2, 0, []int{2, 1}}, // the oldest goes
		"none":             {-1, 0, nil},
		"two of all":       {0, 2, []int{2, 1}}, // the first was put back when three were open
	} {
		t.Run(name, func(t *testing.T) {
			peer := listen(t, false)
			target := to(t, "http://"+peer.addr, "")
			p := newPool(t, &Pool{MaxIdle: c.ofOne, MaxOpen: c.ofAll})
			var conns []*Conn
			for range 3 {
				conns = append(conns, dial(t, p, target, ""))
				peer.conn(len(conns) - 1)
			}
			for _, c := range conns {
				p.Put(c)
			}
			var kept []int
			for c := p.Idle(target, nil); c != nil; c = p.Idle(target, nil) {
				kept = append(kept, slices.Index(conns, c))
			}
			if !slices.Equal(kept, c.kept) {
				t.Errorf("kept %v, want %v", kept, c.kept)
			}
			for i := range conns {
				if !slices.Contains(kept, i) && !ended(t, peer.conn(i)) {
					t.Errorf("connection %d was not kept and not closed", i)
				}
			}
		})
	}
}

func TestIdleConnectionsEnd(t *testing.T) {
	peer := listen(t, false)
	target := to(t, "http://"+peer.addr, "")
	p := newPool(t, &Pool{IdleTimeout: 10 * time.Second})
	now := time.Now()
	old, young := dial(t, p, target, ""), dial(t, p, target, "")
	p.Put(old)
	p.Tick(now) // sees it first
	p.Put(young)
	p.Tick(now.Add(5 * time.Second))
	p.Tick(now.Add(10 * time.Second))
	if !ended(t, peer.conn(0)) {
		t.Error("a connection stayed idle for longer than the timeout")
	}
	if got := p.Idle(target, nil); got != young {
		t.Fatalf("got %p, want the younger %p", got, young)
	}
	p.Put(young)
	p.Tick(now.Add(11 * time.Second)) // use has made it young again
	p.Tick(now.Add(20 * time.Second))
	if p.Idle(target, nil) != young {
		t.Error("a connection that was used a second ago ended")
	}
	p.Discard(young)
	p.Tick(now.Add(30 * time.Second))
	p.Tick(now.Add(31 * time.Second))
	if n := len(p.all()); n != 0 {
		t.Errorf("%d targets are remembered that have no connection", n)
	}
	if n := p.open.Load(); n != 0 {
		t.Errorf("%d connections are counted as open", n)
	}
}

func TestInFlight(t *testing.T) {
	peer := listen(t, true)
	target := to(t, "https://"+peer.addr, "")
	p := newPool(t, &Pool{MaxInFlight: 2, Dialer: &Dialer{TLS: peer.roots()}})
	count := func(want int) {
		t.Helper()
		if got := p.InFlight(to(t, "https://"+peer.addr, "")); got != want {
			t.Errorf("%d in flight, want %d", got, want)
		}
	}
	count(0)
	a, b := dial(t, p, target, "a.test"), dial(t, p, target, "b.test")
	count(2)
	if _, err := p.Dial(context.Background(), target, []byte("c.test"), 0); !errors.Is(err, exchange.ErrInFlight) {
		t.Errorf("a third: %v, want %v", err, exchange.ErrInFlight)
	}
	p.Put(a)
	count(1)
	c := dial(t, p, target, "b.test")
	if p.Idle(target, []byte("a.test")) != nil {
		t.Error("an idle connection was given out above the limit")
	}
	p.Discard(b)
	p.Discard(c)
	count(0)
	if _, err := p.Dial(context.Background(), target, []byte("other.test"), 0); err == nil {
		t.Error("the certificate is good for other.test")
	}
	count(0) // what failed is not in flight
}

func TestTheEnd(t *testing.T) {
	peer := listen(t, false)
	target := to(t, "http://"+peer.addr, "")
	p := newPool(t, &Pool{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	used, idle := dial(t, p, target, ""), dial(t, p, target, "")
	p.Put(idle)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !ended(t, peer.conn(1)) {
		t.Error("an idle connection outlived the pool")
	}
	p.Put(used)
	if !ended(t, peer.conn(0)) {
		t.Error("a connection that was put back after the end is kept")
	}
	if p.Idle(target, nil) != nil || p.InFlight(target) != 0 {
		t.Error("the pool still has connections")
	}
}
