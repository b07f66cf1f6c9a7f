package exchange

import (
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"weir/route"
)

// Copy is a copy of a request that has ended.
type Copy struct {
	Trial   *route.Trial
	Target  *route.Target
	Dropped bool          // it was not sent
	Status  int           // of the answer; 0 when none came
	Err     error         // why there is no whole answer; nil when there was one, or more of it than is read
	Took    time.Duration // until its end
}

// markField marks a request as a copy, to the target and to other proxies, which
// do not copy it again.
const markField = "X-Weir-Mirror"

var errLate = errors.New("the copy took too long")

// copy sends a copy of x, which t is about to get, if the trial wants one. Only
// requests without a body are copied: a body passes through once.
func (h *Handler) copy(x *Exchange, t *route.Target, path, query string) {
	if h.Mirror == nil || x.Drawn.Trial == nil || x.Drawn.Trial.Mirror == nil || x.Length != 0 || x.Upgrade {
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
	c.edit(t)
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
