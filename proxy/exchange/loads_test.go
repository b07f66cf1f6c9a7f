package exchange

import (
	"fmt"
	"net/netip"
	"testing"

	"weir/route"
)

// balancing is a table of one route of n targets, with these options.
func balancing(t testing.TB, n int, opts string) *route.Live {
	t.Helper()
	text := ""
	for i := range n {
		text += fmt.Sprintf("route add s foo.test/ http://10.0.0.%d:80/ opts %q\n", i, opts)
	}
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Text: text}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var live route.Live
	live.Store(table)
	return &live
}

// TestWhatIsUnderWayCounts begins requests and connections that do not end.
func TestWhatIsUnderWayCounts(t *testing.T) {
	for _, lb := range []string{"leastconn", "hash"} {
		c := &Chooser{Live: balancing(t, 4, "lb="+lb)}
		rt := c.Live.Load().HTTP("foo.test", "/", false)
		open, under := map[string]int{}, make([]Tries, 40)
		for i := range under {
			target, err := under[i].Next(c, rt, &Session{Client: netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})})
			if err != nil {
				t.Fatal(err)
			}
			open[target.Addr()]++
		}
		for addr, n := range open {
			if n > 13 || lb == "leastconn" && n != 10 { // 13 is 1.25 times the average
				t.Errorf("%s: %s has %d of %v", lb, addr, n, open)
			}
		}
		for i := range under {
			under[i].Leave(c)
			under[i].Leave(c)
		}
		if len(c.loads.open) > 0 {
			t.Errorf("%s: %v is counted when all have left", lb, c.loads.open)
		}
	}
}

// TestARefusedTryCountsAtTheNextTarget only.
func TestARefusedTryCountsAtTheNextTarget(t *testing.T) {
	c := &Chooser{Live: balancing(t, 2, "lb=leastconn")}
	var tries Tries
	for range 2 {
		target, err := tries.Next(c, c.Live.Load().HTTP("foo.test", "/", false), &Session{})
		if err != nil || len(c.loads.open) != 1 || c.loads.open[target.Addr()] != 1 {
			t.Fatalf("%v is counted, want %v once; %v", c.loads.open, target, err)
		}
		tries.Failed(target, ErrInFlight)
	}
}

// TestHashKnowsTheClient by address, header field or cookie, and by its address
// where it has no such.
func TestHashKnowsTheClient(t *testing.T) {
	for _, c := range []struct {
		opts   string
		a, b   request
		client string // of b
		same   bool
	}{
		{"", request{}, request{}, "192.0.2.1", true},
		{"", request{}, request{}, "192.0.2.2", false},
		{" hash=client", request{}, request{fields: []string{"X-Forwarded-For: 192.0.2.2"}}, "192.0.2.1", true},
		{" hash=client", request{}, request{fields: []string{"X-Forwarded-For: 192.0.2.2"}, trusted: true}, "192.0.2.1", false},
		{" hash=header:X-User", request{fields: []string{"X-User: ann"}}, request{fields: []string{"x-user: ann"}}, "192.0.2.2", true},
		{" hash=header:X-User", request{fields: []string{"X-User: ann"}}, request{fields: []string{"X-User: bob"}}, "192.0.2.1", false},
		{" hash=header:X-User", request{}, request{}, "192.0.2.2", false},
		{" hash=cookie:sid", request{fields: []string{"Cookie: a=b; sid=7"}}, request{fields: []string{"Cookie: x=y", "Cookie: sid=7; sid=8"}}, "192.0.2.2", true},
		{" hash=cookie:sid", request{fields: []string{"Cookie: sid=7"}}, request{fields: []string{"Cookie: asid=7"}}, "192.0.2.1", false},
	} {
		live := balancing(t, 200, "lb=hash"+c.opts)
		a, b := hashedTo(live, c.a, "192.0.2.1"), hashedTo(live, c.b, c.client)
		if (a == b) != c.same {
			t.Errorf("%s: %v goes to %s, %v of %s to %s", c.opts, c.a, a, c.b, c.client, b)
		}
	}
}

// hashedTo is the target of a request of a client.
func hashedTo(live *route.Live, req request, client string) string {
	target := &fakeTarget{}
	h := &Handler{Chooser: &Chooser{Live: live}, Transports: map[string]Transport{"http": target}}
	req.uri, req.host = "/", "foo.test"
	x := req.exchange(&recorder{})
	x.Client.Remote, x.Client.IP = netip.AddrPortFrom(netip.MustParseAddr(client), 4000), []byte(client)
	h.Serve(x)
	return target.asked[0]
}
