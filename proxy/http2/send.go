package http2

import (
	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// write sends p as the windows and the pending buffer allow, and blocks
// meanwhile. The last of it may stay pending.
func (s *stream) write(p []byte) (n int, err error) {
	l := s.link
	l.mu.Lock()
	defer l.mu.Unlock()
	for n < len(p) {
		room, err := s.room(len(p) - n)
		if err != nil {
			return n, err
		}
		l.sendData(s, p[n:n+room])
		n += room
	}
	return n, nil
}

// room waits until some of want bytes may be sent and says how many. A frame
// fills the pending buffer exactly, so that it leaves as one TLS record.
func (s *stream) room(want int) (int, error) {
	l := s.link
	for {
		free := bufferSize - frameHeader - len(l.pend)
		window := int(min(s.sendWin, l.sendWin))
		switch {
		case s.err != nil:
			return 0, s.err
		case free < min(want, headRoom):
			if !l.flush() {
				s.wait(&l.space)
			}
		case window > 0:
			return min(want, free, window), nil
		case l.flush(): // the peer must see it to open the window; look again
		case s.sendWin <= 0:
			s.wait(&s.cond)
		default:
			s.wait(&l.space)
		}
	}
}

// headRoom waits until a header block may go into the pending buffer.
func (s *stream) headRoom() error {
	l := s.link
	for s.err == nil && len(l.pend) > bufferSize-headRoom {
		if !l.flush() {
			s.wait(&l.space)
		}
	}
	return s.err
}

// finish ends our side of the message.
func (s *stream) finish(trailers []exchange.Field) error {
	l := s.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := s.headRoom(); err != nil {
		return err
	}
	switch {
	case s.sendEnd:
		return nil
	case len(trailers) > 0:
		l.sendTrailers(s, trailers)
	case s.mark >= 0 && s.markGen == l.gen: // the last frame is still here: it becomes the last of all
		l.pend[s.mark+4] |= byte(http2.FlagDataEndStream)
	default:
		l.fr.WriteData(s.id, true, nil)
	}
	s.sendEnd = true
	s.closed()
	l.gather()
	return nil
}

// push sends what is pending.
func (s *stream) push() error {
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	s.link.flush()
	return s.err
}
