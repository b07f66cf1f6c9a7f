package exchange

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/route"
)

// byVariant is a Transport whose candidates answer otherwise.
type byVariant struct {
	fakeTarget
	candidate func(*Exchange) error
}

func (b *byVariant) RoundTrip(x *Exchange, t *route.Target) error {
	if t.Variant() == "canary" {
		return b.candidate(x)
	}
	return b.fakeTarget.RoundTrip(x, t)
}

// mirrors is a handler whose stable clients' requests are all copied.
type mirrors struct {
	*Handler
	target *byVariant
	seen   *ended
	draw   *lots
	copies chan Copy
	stop   func() // ends Run
}

// mirroring starts one that ends with the test.
func mirroring(t *testing.T, share float64, candidate func(*Exchange) error) *mirrors {
	t.Helper()
	m := &mirrors{target: &byVariant{candidate: candidate}, seen: &ended{}, copies: make(chan Copy, 1000), draw: &lots{ticket: route.Ticket{Variant: math.MaxUint64}}}
	live := mirrored(1000, m.draw, &route.Mirror{Share: share, Methods: []string{"GET", "HEAD"}})
	m.Handler = &Handler{Chooser: &Chooser{Live: live, Wait: 1}, Transports: map[string]Transport{"http": m.target}, Observer: m.seen,
		Mirror: &Mirror{Observer: func(c *Copy) { m.copies <- *c }}}
	m.Mirror.setRuns(true) // by now, not when Run begins
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { m.Mirror.Run(ctx) })
	m.stop = func() { cancel(); running.Wait() }
	t.Cleanup(m.stop)
	return m
}

// ask serves one request and returns what the client got. Like an engine it
// writes over the request when it is served.
func (m *mirrors) ask(req request) *recorder {
	buffer := make([]byte, 0, 1000)
	read := func(text string) []byte {
		at := len(buffer)
		buffer = append(buffer, text...)
		return buffer[at:]
	}
	reply := &recorder{}
	x := &Exchange{Reply: reply, Client: peer(false)}
	x.Proto, x.Method, x.URI, x.Host = HTTP11, read(req.method), read(req.uri), read("foo.test")
	for _, f := range req.fields {
		name, value, _ := strings.Cut(f, ": ")
		x.Fields = append(x.Fields, Field{read(name), read(value)})
	}
	x.Upgrade, x.Length = slices.Contains(req.fields, "Upgrade: websocket"), int64(btoi(req.method == "POST"))
	m.Serve(x)
	for i := range buffer {
		buffer[i] = 'X'
	}
	return reply
}

// TestTheCandidateGetsACopy that is what stable gets, and a mark.
func TestTheCandidateGetsACopy(t *testing.T) {
	got := make(chan string, 1)
	m := mirroring(t, 1, func(x *Exchange) error {
		text := fmt.Sprintf("%s %s host=%s\n", x.Method, x.SendURI, x.SendHost)
		for _, f := range x.Fields {
			text += fmt.Sprintf("%s: %s\n", f.Name, f.Value)
		}
		got <- text
		x.Head(201, nil, -1, false)
		return x.End(nil)
	})
	reply := m.ask(request{method: "GET", uri: "/a?b=c", fields: []string{"Accept: */*", "X-Forwarded-For: 6.6.6.6"}})
	if want := reply.body.String() + "X-Weir-Mirror: 1\n"; <-got != want || reply.status != 200 {
		t.Errorf("the candidate did not get\n%s", want)
	}
	if c := <-m.copies; c.Status != 201 || c.Err != nil || c.Dropped || c.Target.Variant() != "canary" || c.Trial.Rollout != "r1" {
		t.Errorf("the copy ended as %+v", c)
	}
	if d := m.seen.drawn; len(d) != 1 || d[0].Candidate || d[0].Target.Variant() != "stable" {
		t.Errorf("counted were %+v", d)
	}
}

// TestWhatIsNotCopied for good reasons.
func TestWhatIsNotCopied(t *testing.T) {
	for name, c := range map[string]struct {
		share   float64
		variant uint64
		req     request
	}{
		"no share":                  {0, math.MaxUint64, request{method: "GET", uri: "/"}},
		"the candidate's own":       {1, 0, request{method: "GET", uri: "/"}},
		"another method":            {1, math.MaxUint64, request{method: "OPTIONS", uri: "/"}},
		"a body":                    {1, math.MaxUint64, request{method: "POST", uri: "/"}},
		"an upgrade":                {1, math.MaxUint64, request{method: "GET", uri: "/", fields: []string{"Upgrade: websocket"}}},
		"a copy of another proxy's": {1, math.MaxUint64, request{method: "GET", uri: "/", fields: []string{"X-Weir-Mirror: 1"}}},
	} {
		asked := 0
		m := mirroring(t, c.share, func(x *Exchange) error { asked++; x.Head(200, nil, 0, false); return x.End(nil) })
		m.draw.ticket.Variant = c.variant
		m.ask(c.req)
		m.stop()
		if want := btoi(c.variant == 0); len(m.copies) > 0 || asked != want {
			t.Errorf("%s: %d copies, the candidate was asked %d times, want %d", name, len(m.copies), asked, want)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestTheShareThatIsCopied is that of the mirror.
func TestTheShareThatIsCopied(t *testing.T) {
	m := mirroring(t, 0.2, func(x *Exchange) error { x.Head(200, nil, 0, false); return x.End(nil) })
	const n = 2000
	for range n {
		m.ask(request{method: "GET", uri: "/"})
	}
	m.stop()
	copies := len(m.copies)
	if spread := 5 * math.Sqrt(n*0.2*0.8); math.Abs(float64(copies)-n*0.2) > spread {
		t.Errorf("%d of %d were copied, want about %g", copies, n, n*0.2)
	}
}

// interrupted is closed when an exchange is ended.
type interrupted chan struct{}

func (i interrupted) Interrupt() { close(i) }

// wait is a candidate that does not answer.
func wait(x *Exchange) error {
	if i := make(interrupted); x.Await(i) {
		<-i
	}
	return &AttemptError{ClientGone, "10.0.0.1:80", errors.New("interrupted")}
}

// TestACopyThatHangs keeps no client waiting; there are not more of them than
// there is room for, and none lasts.
func TestACopyThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mirroring(t, 1, wait)
		begun := time.Now()
		for range maxCopies + 7 {
			if reply := m.ask(request{method: "GET", uri: "/"}); reply.status != 200 || !reply.ended {
				t.Fatalf("a client got %d", reply.status)
			}
		}
		if took := time.Since(begun); took > 0 {
			t.Errorf("the clients waited for %s", took)
		}
		for range 7 {
			if c := <-m.copies; !c.Dropped {
				t.Errorf("ended as %+v, want it dropped", c)
			}
		}
		for range maxCopies {
			if c := <-m.copies; c.Dropped || !errors.Is(c.Err, errLate) || c.Status != 0 {
				t.Errorf("ended as %+v", c)
			}
		}
		if took := time.Since(begun); took < maxCopyTime || took > maxCopyTime+2*time.Second {
			t.Errorf("they ended after %s", took)
		}
	})
}

// TestTheEndOfAMirror ends the copies under way, and takes no more.
func TestTheEndOfAMirror(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mirroring(t, 1, wait)
		m.ask(request{method: "GET", uri: "/"})
		m.stop()
		if c := <-m.copies; c.Dropped || c.Err == nil {
			t.Errorf("ended as %+v", c)
		}
		m.ask(request{method: "GET", uri: "/"})
		if c := <-m.copies; !c.Dropped {
			t.Errorf("after the end one was sent: %+v", c)
		}
	})
}

// TestALongAnswer is not read to its end, and is no failure.
func TestALongAnswer(t *testing.T) {
	read := make(chan int, 1)
	m := mirroring(t, 1, func(x *Exchange) error {
		x.Head(200, nil, -1, false)
		n, err := 0, error(nil)
		for err == nil && n < 100*maxCopyBytes {
			_, err = x.Write(make([]byte, 4096))
			n += 4096
		}
		read <- n
		return &AttemptError{ClientGone, "10.0.0.1:80", err}
	})
	m.ask(request{method: "GET", uri: "/"})
	if n := <-read; n > maxCopyBytes+4096 {
		t.Errorf("%d bytes were read", n)
	}
	if c := <-m.copies; c.Err != nil || c.Status != 200 {
		t.Errorf("ended as %+v", c)
	}
}

// TestThereIsNoRoom at the target, whose clients come first.
func TestThereIsNoRoom(t *testing.T) {
	m := mirroring(t, 1, wait)
	m.Mirror.Room = func(*route.Target) bool { return false }
	m.ask(request{method: "GET", uri: "/"})
	if c := <-m.copies; !c.Dropped {
		t.Errorf("ended as %+v", c)
	}
}
