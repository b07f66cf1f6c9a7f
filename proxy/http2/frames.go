package http2

import (
	"errors"
	"time"

	"golang.org/x/net/http2"
)

// errFromPeer marks the stream errors that came as RST_STREAM.
var errFromPeer = errors.New("reset by the peer")

// onData takes a DATA frame. All of it, padding too, counts for flow control
// (RFC 9113 section 6.1).
func (l *link) onData(f *http2.DataFrame) error {
	size := int64(f.Length)
	if size > l.recvWin {
		return http2.ConnectionError(http2.ErrCodeFlowControl)
	}
	l.recvWin -= size
	data := f.Data()
	if len(data) > 0 {
		l.budget.data()
	} else if !f.StreamEnded() {
		if err := l.budget.spendControl(); err != nil {
			return err
		}
	}
	s := l.streams[f.StreamID]
	if s == nil || s.recvEnd {
		l.repay(size)
		return l.lateData(f.StreamID, s)
	}
	if size > s.recvWin {
		l.repay(size)
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeFlowControl}
	}
	s.recvWin -= size
	if err := s.receive(data, f.StreamEnded()); err != nil {
		l.repay(size)
		return err
	}
	s.consumed(size - int64(len(data)))
	return nil
}

// lateData judges DATA on a stream that takes none.
func (l *link) lateData(id uint32, s *stream) error {
	if !l.owner.begun(id) {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	if s == nil && l.cutOff.has(id) {
		return nil
	}
	return http2.StreamError{StreamID: id, Code: http2.ErrCodeStreamClosed}
}

func (l *link) onWindowUpdate(f *http2.WindowUpdateFrame) error {
	if err := l.budget.spendControl(); err != nil {
		return err
	}
	if f.StreamID == 0 {
		if l.sendWin += int64(f.Increment); l.sendWin > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		l.space.Broadcast()
		return nil
	}
	s := l.streams[f.StreamID]
	if s == nil {
		return l.idleIsError(f.StreamID)
	}
	if s.sendWin += int64(f.Increment); s.sendWin > maxWindow {
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeFlowControl}
	}
	s.cond.Broadcast()
	return nil
}

// onReset takes RST_STREAM. One for a stream that has ended already is free:
// it crossed our END_STREAM.
func (l *link) onReset(f *http2.RSTStreamFrame) error {
	s := l.streams[f.StreamID]
	if s == nil {
		if err := l.idleIsError(f.StreamID); err != nil {
			return err
		}
		return l.budget.spendControl()
	}
	l.ended.add(s.id, maxEnded)
	l.drop(s, http2.StreamError{StreamID: s.id, Code: f.ErrCode, Cause: errFromPeer})
	return l.budget.spendReset()
}

func (l *link) idleIsError(id uint32) error {
	if l.owner.begun(id) {
		return nil
	}
	return http2.ConnectionError(http2.ErrCodeProtocol)
}

func (l *link) onPing(f *http2.PingFrame) error {
	if f.IsAck() {
		if !l.pinged.IsZero() {
			l.pinged = time.Time{}
			l.owner.ponged()
			return nil
		}
		return l.budget.spendControl()
	}
	if l.err == nil {
		l.fr.WritePing(true, f.Data)
	}
	return l.budget.spendControl()
}

// ping asks for a sign of life, unless one is asked for already.
func (l *link) ping() {
	if l.pinged.IsZero() && l.err == nil {
		l.fr.WritePing(false, [8]byte{'w', 'e', 'i', 'r'})
		l.pinged = l.now
		l.kick()
	}
}
