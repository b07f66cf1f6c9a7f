package exchange

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"weir/route"
)

// Bounds of the copies that a proxy sends.
const (
	maxCopies    = 64               // under way
	maxCopyBytes = 1 << 20          // of an answer's body; where there are more the rest is not read
	maxCopyTime  = 10 * time.Second // for all of a copy; it may take a second more
)

// markField marks a request as a copy, to the target and to other proxies, which
// do not copy it again.
const markField = "X-Weir-Mirror"

var errLate = errors.New("the copy took too long")

// Mirror sends the copies of requests that trials ask for, and drops the answers.
// The request itself neither waits for its copy nor shares its fate: a copy that
// there is no room for is dropped. The zero value drops all of them until Run.
type Mirror struct {
	// Room reports whether a target may get a request that no client waits for;
	// nil: always.
	Room func(*route.Target) bool
	// Observer is told of every copy, from many goroutines, and must not block.
	// It must not keep it.
	Observer func(*Copy)

	mu     sync.Mutex
	runs   bool
	flying map[*Exchange]struct{}
	ended  sync.WaitGroup
}

// Copy is a copy of a request that has ended.
type Copy struct {
	Trial   *route.Trial
	Target  *route.Target
	Dropped bool          // it was not sent
	Status  int           // of the answer; 0 when none came
	Err     error         // why there is no whole answer; nil when there was one, or more of it than is read
	Took    time.Duration // until its end
}

// Run ends copies that take too long, until ctx ends; then all, and waits for
// them.
func (m *Mirror) Run(ctx context.Context) error {
	m.setRuns(true)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			m.expire(now.Add(-maxCopyTime))
		case <-ctx.Done():
			m.setRuns(false)
			m.expire(time.Now())
			m.ended.Wait()
			return nil
		}
	}
}

func (m *Mirror) setRuns(runs bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs = runs
}

// expire ends the copies that began before.
func (m *Mirror) expire(before time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c := range m.flying {
		if !c.Start.After(before) {
			c.Expire()
		}
	}
}

// begin counts a copy in, if there is room for one.
func (m *Mirror) begin(c *Exchange) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.runs || len(m.flying) >= maxCopies {
		return false
	}
	if m.flying == nil {
		m.flying = map[*Exchange]struct{}{}
	}
	m.flying[c] = struct{}{}
	m.ended.Add(1)
	return true
}

func (m *Mirror) end(c *Exchange) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.flying, c)
	m.ended.Done()
}

// copy sends a copy of x, which t is about to get, if the trial wants one. Only
// requests without a body are copied: a body passes through once.
func (h *Handler) copy(x *Exchange, t *route.Target, path, query string) {
	if h.Mirror == nil || x.Drawn.Trial == nil || x.Length != 0 || x.Upgrade {
		return
	}
	to := x.Route.Copy(t, view(x.Method), route.Draw{Variant: rand.Uint64(), Target: rand.Uint64()})
	if to == nil || (asked{x}).Header("x-weir-mirror", 0) != nil {
		return
	}
	c, done := &Exchange{Start: time.Now(), handler: h}, Copy{Trial: x.Drawn.Trial, Target: to}
	if m := h.Mirror; m.Room != nil && !m.Room(to) || !m.begin(c) {
		done.Dropped = true
		m.tell(&done)
		return
	}
	c.takeOver(x)
	go h.fly(c, done, strings.Clone(path), strings.Clone(query))
}

// fly sends a copy and tells what came of it.
func (h *Handler) fly(c *Exchange, done Copy, path, query string) {
	defer h.Mirror.end(c)
	h.send(c, &done, path, query)
	h.Mirror.tell(&done)
}

// send sends a copy, unless its target's options are for another answer than its
// own.
func (h *Handler) send(c *Exchange, done *Copy, path, query string) {
	t, tr := done.Target, h.Transports[done.Target.Scheme()]
	if tr == nil || t.Redirect() != nil || t.Restricted() && !h.allowed(c, t) || t.Auth() != "" && !h.authorized(c, t.Auth()) {
		done.Dropped = true
		return
	}
	h.Policy.target(c, t, path, query)
	d := discard{left: maxCopyBytes}
	c.Reply = &d
	switch done.Err = tr.RoundTrip(c, t); {
	case d.left < 0:
		done.Err = nil
	case done.Err != nil && c.leftFor() == late:
		done.Err = errLate
	}
	done.Status, done.Took = c.Status, time.Since(c.Start)
}

func (m *Mirror) tell(c *Copy) {
	if m.Observer != nil {
		m.Observer(c)
	}
}

// takeOver makes c the same request as x, as it is before a target is known, in
// memory of its own.
func (c *Exchange) takeOver(x *Exchange) {
	client := *x.Client
	size := len(client.IP) + len(x.Method) + len(x.URI) + len(x.Host) + len(x.forwardedFor)
	for _, f := range x.Fields[:x.fields] {
		size += len(f.Name) + len(f.Value)
	}
	memory := make([]byte, 0, size)
	own := func(b []byte) []byte {
		at := len(memory)
		memory = append(memory, b...)
		return memory[at:len(memory):len(memory)]
	}
	client.IP = own(client.IP)
	c.Client, c.Connect, c.forwardedFor = &client, x.Connect, own(x.forwardedFor)
	c.Proto, c.Method, c.URI, c.Host = x.Proto, own(x.Method), own(x.URI), own(x.Host)
	c.Fields = make([]Field, 0, x.fields+2) // the mark, and one that depends on the target
	for _, f := range x.Fields[:x.fields] {
		c.Fields = append(c.Fields, Field{own(f.Name), own(f.Value)})
	}
	c.Fields = append(c.Fields, Field{text(markField), text("1")})
	c.fields = len(c.Fields)
}
