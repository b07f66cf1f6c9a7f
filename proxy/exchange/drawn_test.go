package exchange

import (
	"crypto/tls"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"

	"weir/route"
)

// lots is a Splitter that gives everybody the same, and writes down whom it was
// asked about.
type lots struct {
	ticket route.Ticket
	asked  string
}

func (l *lots) Request(r route.Request, dice func() uint64) route.Ticket {
	l.asked = fmt.Sprintf("user=%s,%s client=%s", r.Header("x-user", 0), r.Header("x-user", 1), r.Client())
	return l.ticket
}

func (l *lots) Connection(client netip.Addr, dice func() uint64) route.Ticket {
	l.asked = fmt.Sprintf("client=%s", client)
	return l.ticket
}

// tried is a table for foo.test with a trial at a weight: 10.0.0.1 is the
// candidate, 10.0.0.2 and 10.0.0.3 are stable.
func tried(w route.Weight, by route.Splitter) *route.Live { return mirrored(w, by, nil) }

// mirrored is tried with a mirror.
func mirrored(w route.Weight, by route.Splitter, m *route.Mirror) *route.Live {
	scope := route.Scope{Kind: "service", Name: "web"}
	in := route.Input{
		Intents: []route.Intent{{Scope: scope, Shares: map[string]route.Weight{"canary": w}}},
		Trials:  map[route.Scope]*route.Trial{scope: {Rollout: "r1", Generation: 3, Candidate: "canary", Splitter: by, Mirror: m}},
	}
	for i, variant := range []string{"canary", "stable", "stable"} {
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Variant: variant, Up: true,
			Address: fmt.Sprint("10.0.0.", i+1), Port: 80, Tags: []string{"urlprefix-foo.test/"}})
	}
	table, _ := route.Build(in)
	var live route.Live
	live.Store(table)
	return &live
}

// ended is an Observer that keeps what was drawn.
type ended struct{ drawn []Drawn }

func (*ended) Accepted(string)          {}
func (*ended) Closed(string)            {}
func (*ended) Refused(string, string)   {}
func (*ended) Session(*Session)         {}
func (e *ended) Exchange(x *Exchange)   { e.drawn = append(e.drawn, x.Drawn) }
func (e *ended) one(t *testing.T) Drawn { t.Helper(); return e.drawn[len(e.drawn)-1] }

// inTrial serves one request on a table of tried.
func inTrial(t *testing.T, live *route.Live, target Transport, client *Client, fields ...string) (*recorder, Drawn) {
	t.Helper()
	seen := &ended{}
	h := &Handler{Chooser: &Chooser{Live: live, Wait: 1}, Transports: map[string]Transport{"http": target}, Observer: seen}
	reply := &recorder{}
	x := &Exchange{Reply: reply, Client: client}
	x.Proto, x.Method, x.URI, x.Host = HTTP11, []byte("GET"), []byte("/"), []byte("foo.test")
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		x.Fields = append(x.Fields, Field{[]byte(name), []byte(value)})
	}
	h.Serve(x)
	return reply, seen.one(t)
}

func peer(trusted bool) *Client {
	return &Client{IP: []byte("192.0.2.1"), Trusted: trusted, Remote: netip.MustParseAddrPort("192.0.2.1:4000"), Local: netip.MustParseAddrPort("192.0.2.9:80")}
}

// TestWhatADrawTravelsWith follows draws from the pick to the observer.
func TestWhatADrawTravelsWith(t *testing.T) {
	for name, c := range map[string]struct {
		weight    route.Weight
		variant   uint64
		target    fakeTarget
		candidate bool
		first     string // address of the first target; "2" is either of stable's
		failed    string
		asked     int
	}{
		"candidate":                    {1000, 0, fakeTarget{}, true, "10.0.0.1:80", "", 1},
		"stable":                       {1000, math.MaxUint64, fakeTarget{}, false, "stable", "", 1},
		"stable saves the candidate's": {1000, 0, fakeTarget{refuse: []string{"10.0.0.1:80"}}, true, "10.0.0.1:80", "connect failed", 2},
		"stable saves itself":          {9999, math.MaxUint64, fakeTarget{refuse: []string{"10.0.0.2:80", "10.0.0.3:80"}}, false, "stable", "connect failed", 3},
		"nobody takes it":              {1000, 0, fakeTarget{refuse: []string{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"}}, true, "10.0.0.1:80", "connect failed", 3},
		"preview":                      {0, 0, fakeTarget{}, false, "stable", "", 1},
	} {
		by := &lots{ticket: route.Ticket{Variant: c.variant, Client: 5, Counts: true}}
		_, d := inTrial(t, tried(c.weight, by), &c.target, peer(false))
		if d.Trial == nil || d.Trial.Generation != 3 || d.Weight != c.weight || d.Candidate != c.candidate || d.Client != 5 || !d.Counts {
			t.Errorf("%s: %+v", name, d)
		}
		if got := d.Target; got.Addr() != c.first && got.Variant() != c.first {
			t.Errorf("%s: first target %s", name, got.Addr())
		}
		if got := fmt.Sprint(d.Failed); c.failed == "" && d.Failed != nil || !strings.Contains(got, c.failed) && c.failed != "" {
			t.Errorf("%s: failed with %s, want %q", name, got, c.failed)
		}
		if len(c.target.asked) != c.asked {
			t.Errorf("%s: asked %v", name, c.target.asked)
		}
	}
}

// TestARetryStaysWithItsVariant shows that a stable target that refuses sends
// nobody to the candidate.
func TestARetryStaysWithItsVariant(t *testing.T) {
	for range 50 {
		target := &fakeTarget{refuse: []string{"10.0.0.2:80"}}
		inTrial(t, tried(9000, &lots{ticket: route.Ticket{Variant: math.MaxUint64}}), target, peer(false))
		if got := target.asked[len(target.asked)-1]; got != "10.0.0.3:80" {
			t.Fatalf("asked %v", target.asked)
		}
	}
}

// TestWhomASplitterIsAskedAbout shows what is known of a client.
func TestWhomASplitterIsAskedAbout(t *testing.T) {
	for _, c := range []struct {
		trusted bool
		fields  []string
		want    string
	}{
		{false, nil, "user=, client=192.0.2.1"},
		{false, []string{"X-User: bob", "x-user: eve"}, "user=bob,eve client=192.0.2.1"},
		{false, []string{"X-Forwarded-For: 6.6.6.6"}, "user=, client=192.0.2.1"},
		{true, []string{"X-Forwarded-For: 6.6.6.6, 7.7.7.7"}, "user=, client=7.7.7.7"},
		{true, []string{"X-Forwarded-For: 2001:db8::7"}, "user=, client=2001:db8::7"},
		{true, []string{"X-Forwarded-For: nobody"}, "user=, client=192.0.2.1"},
		{true, nil, "user=, client=192.0.2.1"},
	} {
		by := &lots{}
		inTrial(t, tried(1000, by), &fakeTarget{}, peer(c.trusted), c.fields...)
		if by.asked != c.want {
			t.Errorf("trusted %t, %q: %s, want %s", c.trusted, c.fields, by.asked, c.want)
		}
	}
}

// TestTheCookieIsSet, with Secure on TLS, and only where there is a share to
// stay with.
func TestTheCookieIsSet(t *testing.T) {
	secure := peer(false)
	secure.TLS = &tls.ConnectionState{Version: tls.VersionTLS13}
	for name, c := range map[string]struct {
		weight route.Weight
		client *Client
		target fakeTarget
		want   string
	}{
		"plain":             {1000, peer(false), fakeTarget{}, "Set-Cookie: c=1; Path=/"},
		"TLS":               {1000, secure, fakeTarget{}, "Set-Cookie: c=1; Path=/; Secure"},
		"no share":          {0, peer(false), fakeTarget{}, ""},
		"weir's own answer": {1000, peer(false), fakeTarget{refuse: []string{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"}}, "Set-Cookie: c=1; Path=/"},
	} {
		reply, _ := inTrial(t, tried(c.weight, &lots{ticket: route.Ticket{Cookie: "c=1; Path=/"}}), &c.target, c.client)
		got := ""
		for _, f := range reply.fields {
			if strings.HasPrefix(f, "Set-Cookie") {
				got = f
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// calls answers gRPC calls, with the status in the trailers or in the head.
type calls struct{ head, trailers []Field }

func (c calls) RoundTrip(x *Exchange, _ *route.Target) error {
	if err := x.Head(200, c.head, -1, c.trailers == nil); err != nil {
		return err
	}
	return x.End(c.trailers)
}

func TestWhatACallEndedWith(t *testing.T) {
	status := func(value string) []Field { return []Field{{[]byte("Grpc-Status"), []byte(value)}} }
	for _, c := range []struct {
		contentType string
		target      calls
		grpc        bool
		want        string
	}{
		{"application/grpc+proto", calls{nil, status("14")}, true, "14"},
		{"application/grpc", calls{status("5"), nil}, true, "5"},
		{"application/grpc", calls{nil, nil}, true, ""},
		{"application/json", calls{nil, status("14")}, false, ""},
	} {
		_, d := inTrial(t, tried(1000, &lots{}), c.target, peer(false), "Content-Type: "+c.contentType)
		if d.GRPC != c.grpc || d.Code != c.want {
			t.Errorf("%s %+v: %t %q", c.contentType, c.target, d.GRPC, d.Code)
		}
	}
}

// TestConnectionsAreUniform cuts the numbers of connections that differ in one
// byte into halves and tenths.
func TestConnectionsAreUniform(t *testing.T) {
	const n = 60_000
	low, odd := 0, 0
	for port := range n {
		c := peer(false)
		c.Remote = netip.AddrPortFrom(c.Remote.Addr(), uint16(port))
		number := asked{&Exchange{Client: c}}.Connection()
		if number < math.MaxUint64/10 {
			low++
		}
		odd += int(number & 1)
	}
	for what, d := range map[string]float64{
		"tenths": float64(low-n/10) / math.Sqrt(n*0.1*0.9), "halves": float64(odd-n/2) / math.Sqrt(n*0.25),
	} {
		if math.Abs(d) > 4.5 {
			t.Errorf("%s are %.1f standard deviations off", what, d)
		}
	}
}
