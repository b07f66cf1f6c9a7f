package http2

import (
	"errors"
	"io"
	"testing"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
)

// TestUnsentIsSentAgain has a target stop reading, so that a second request
// waits behind the first one's body, and then go away.
func TestUnsentIsSentAgain(t *testing.T) {
	stuck := make(chan struct{})
	c := chainTo(t, startFrames(t, func(fr *http2.Framer, n int, f http2.Frame) bool {
		switch h, isHead := f.(*http2.HeadersFrame); {
		case isHead && n == 1:
			fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 30})
			fr.WriteWindowUpdate(0, 1<<30)
			hold(t, stuck)
			return false
		case isHead && n > 1:
			return ok(fr, h.StreamID)
		}
		return true
	}), false)
	answers := make(chan int, 2)
	post := func(body io.Reader) {
		res, err := newClient(t, c.front).RoundTrip(mustPost(t, c.url("/"), body))
		if err != nil {
			t.Error(err)
			answers <- 0
			return
		}
		res.Body.Close()
		answers <- res.StatusCode
	}
	go post(io.LimitReader(endless{}, 1<<30))
	s := theSession(t, c)
	standsStill(t, s)
	go post(nil)
	soon(t, "the second request is not on the connection", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.streams) == 2
	})
	close(stuck)
	if a, b := next(t, answers), next(t, answers); min(a, b) != 200 || max(a, b) != 502 {
		t.Errorf("answers %d and %d, want 502 for what was sent in part and 200", a, b)
	}
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// theSession waits for a session of the chain's transport.
func theSession(t *testing.T, c *chain) (s *session) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		c.transport.mu.RLock()
		defer c.transport.mu.RUnlock()
		for _, g := range c.transport.groups {
			g.mu.Lock()
			defer g.mu.Unlock()
			if len(g.sessions) > 0 {
				s = g.sessions[0]
				return nil
			}
		}
		return errors.New("no session")
	})
	return s
}

// standsStill waits until s has been writing the same bytes for a while.
func standsStill(t *testing.T, s *session) {
	t.Helper()
	gen, same := uint64(0), 0
	testenv.Eventually(t, patience, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.flushing || s.gen != gen {
			gen, same = s.gen, 0
		}
		if same++; same < 40 {
			return errors.New("still writing")
		}
		return nil
	})
}
