package http2

import (
	"errors"
	"net"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// maxCalls is how many requests one connection carries, if the target allows
// as many. Its window has room for all their answers, so that a slow client
// does not hold up the others.
const maxCalls = 250

var (
	errRefused = errors.New("the target has not taken the request on")
	errNoHead  = errors.New("no answer in time")
	errFull    = errors.New("the connection carries as many requests as it may")
)

// session is a connection to a target.
type session struct {
	link
	group *group

	// Under mu.
	nextID uint32
	gone   bool // no new streams: either end has said so
	used   bool // an answer came
	quiet  time.Time
}

func newSession(g *group, nc net.Conn) *session {
	s := &session{group: g, nextID: 1}
	s.limits, s.window = g.transport.Limits, targetWindow
	s.open(nc, s, &g.transport.buffers, nil)
	s.quiet = s.now
	return s
}

// run is the reading goroutine.
func (s *session) run() {
	s.mu.Lock()
	(*pending)(&s.link).Write([]byte(Preface))
	s.mu.Unlock()
	s.greet(
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: streamWindow},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: uint32(s.limits.HeaderBytes)},
	)
	err := s.read()
	s.group.remove(s)
	s.bye(err, 0)
	s.helpers.Wait()
}

// greeting waits for the first frame, which is SETTINGS, until the deadline.
func (s *session) greeting(deadline time.Time) error {
	timer := time.AfterFunc(time.Until(deadline), func() { s.cut(errSlow) })
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.heard.IsZero() && s.err == nil {
		s.space.Wait()
	}
	return s.err
}

// cut ends the session at once.
func (s *session) cut(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail(err)
}

// begin opens c as the next stream and encodes its head.
func (s *session) begin(c *call, x *exchange.Exchange, to *route.Target) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.gone || s.err != nil || s.nextID > maxWindow:
		return errRefused
	case len(s.streams) >= int(min(s.peer.streams, maxCalls)):
		return errFull
	case x.Upgrade && !s.peer.connect:
		return errNoConnect
	}
	c.start(&s.link, c, s.nextID)
	s.nextID += 2
	c.session, c.reused = s, s.used
	c.enter(x, upstream.Secure(to.Scheme()), to.Addr())
	return nil
}

// done takes back a call.
func (s *session) done(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset(&c.stream, http2.ErrCodeCancel, errEnded)
	c.abandon()
	s.quiet = s.now
	s.kick()
	s.endIfGone()
}

func (s *session) endIfGone() {
	if s.gone && len(s.streams) == 0 {
		s.stop()
	}
}

func (s *session) begun(id uint32) bool { return id%2 == 1 && id < s.nextID }

// opened takes a block on a stream that is not open: an answer to a request
// that was cancelled, or nonsense.
func (s *session) opened(b *block) error {
	if s.begun(b.id) {
		return s.budget.spendControl()
	}
	return http2.ConnectionError(http2.ErrCodeProtocol)
}

// goneAway gives back the requests that the target will not look at.
func (s *session) goneAway(last uint32) {
	s.gone = true
	for id, st := range s.streams {
		if id > last {
			s.cutOff.add(id, maxCutOff)
			s.drop(st, errRefused)
		}
	}
	s.endIfGone()
}

func (s *session) ponged() {}

// settled wakes whoever waits for the greeting.
func (s *session) settled() { s.space.Broadcast() }

// Tick ends what has taken too long.
func (s *session) Tick(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	s.tick(now)
	for _, st := range s.streams {
		st.host.(*call).tick(now)
	}
	if past(now, s.quiet, s.group.transport.idleTimeout()) {
		s.retire()
	}
	s.kick()
}

// retire ends the session if it is idle.
func (s *session) retire() {
	if len(s.streams) == 0 && !s.gone {
		s.gone = true
		s.fr.WriteGoAway(0, http2.ErrCodeNo, nil)
		s.stop()
	}
}
