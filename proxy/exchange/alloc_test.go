package exchange

import (
	"net/netip"
	"testing"

	"weir/route"
)

// nothing is a Reply and a Transport that do as little as one can.
type nothing struct{}

func (nothing) Interim(int, []Field) error           { return nil }
func (nothing) Head(int, []Field, int64, bool) error { return nil }
func (nothing) Write(p []byte) (int, error)          { return len(p), nil }
func (nothing) Flush() error                         { return nil }
func (nothing) End([]Field) error                    { return nil }
func (nothing) Upgrade([]Field) (Stream, error)      { return nil, nil }
func (nothing) Abort()                               {}
func (nothing) RoundTrip(x *Exchange, _ *route.Target) error {
	if err := x.Head(200, nil, 2, false); err != nil {
		return err
	}
	if _, err := x.Write(x.Method); err != nil {
		return err
	}
	return x.End(nil)
}

// fixed is a Splitter that looks at a request as little as one can.
type fixed struct{}

func (fixed) Request(r route.Request, dice func() uint64) route.Ticket {
	return route.Ticket{Variant: r.Connection() ^ dice(), Client: uint32(len(r.Header("accept", 0))), Counts: true}
}
func (fixed) Connection(netip.Addr, func() uint64) route.Ticket { return route.Ticket{} }

// plain is a table without a trial.
func plain() *route.Live {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: "route add s foo.test/ http://10.0.0.1:80/\nroute add s foo.test/ http://10.0.0.2:80/"}}})
	var live route.Live
	live.Store(table)
	return &live
}

// keepAlive returns a function that serves one request of a connection.
func keepAlive(tb testing.TB, live *route.Live) func() {
	h := &Handler{Chooser: &Chooser{Live: live}, Mirror: &Mirror{}, Transports: map[string]Transport{"http": nothing{}}}
	x := &Exchange{Reply: nothing{}, Client: &Client{IP: []byte("192.0.2.1"),
		Remote: netip.MustParseAddrPort("192.0.2.1:4000"), Local: netip.MustParseAddrPort("192.0.2.9:80")}}
	method, uri, host, name, value := []byte("GET"), []byte("/a/b?c=d"), []byte("foo.test"), []byte("Accept"), []byte("*/*")
	return func() {
		x.Reset()
		x.Method, x.URI, x.Host = method, uri, host
		x.Fields = append(x.Fields, Field{name, value})
		if !h.Serve(x) {
			tb.Fatal(x.Err)
		}
	}
}

func TestServeAllocatesNothing(t *testing.T) {
	off := &route.Mirror{Methods: []string{"GET"}}
	for name, live := range map[string]*route.Live{"plain": plain(), "in a trial": tried(1000, fixed{}), "not copied": mirrored(0, fixed{}, off),
		"leastconn": balancing(t, 5, "lb=leastconn"), "p2c": balancing(t, 5, "lb=p2c"), "hash": balancing(t, 5, "lb=hash hash=header:accept")} {
		if n := testing.AllocsPerRun(1000, keepAlive(t, live)); n != 0 {
			t.Errorf("%s: a request allocates %v times, want 0", name, n)
		}
	}
}

func BenchmarkServe(b *testing.B) {
	for name, live := range map[string]*route.Live{"plain": plain(), "trial": tried(1000, fixed{})} {
		b.Run(name, func(b *testing.B) {
			serve := keepAlive(b, live)
			b.ReportAllocs()
			for b.Loop() {
				serve()
			}
		})
	}
}
