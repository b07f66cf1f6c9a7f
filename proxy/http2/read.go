package http2

import (
	"errors"
	"io"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// read handles frames until the connection ends and returns why.
func (l *link) read() error {
	for {
		if !l.rd.whole() {
			l.settle()
		}
		err := l.frame()
		if reset, ok := err.(http2.StreamError); ok {
			err = l.punish(reset)
		}
		if err != nil {
			return err
		}
	}
}

// settle lets the owner act on what came, and sends the answers to it.
func (l *link) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owner.settled()
	l.kick()
	if len(l.streams) == 0 {
		l.rd.release()
	}
}

// frame reads and handles one frame.
func (l *link) frame() error {
	fh, err := l.fr.ReadFrameHeader()
	if errors.Is(err, http2.ErrFrameTooLarge) {
		return http2.ConnectionError(http2.ErrCodeFrameSize)
	}
	if err != nil {
		return err
	}
	f, err := l.fr.ReadFrameForHeader(fh)
	switch _, ofStream := err.(http2.StreamError); {
	case ofStream && fh.Type == http2.FrameHeaders: // its block is lost, and with it the table
		return http2.ConnectionError(http2.ErrCodeProtocol)
	case err == io.ErrUnexpectedEOF: // also what a frame too short for its flags gives
		return http2.ConnectionError(http2.ErrCodeFrameSize)
	case err != nil:
		return err
	}
	return l.handle(f)
}

func (l *link) handle(f http2.Frame) error {
	if s, ok := f.(*http2.SettingsFrame); !l.greeted && (!ok || s.IsAck()) {
		return http2.ConnectionError(http2.ErrCodeProtocol) // RFC 9113 section 3.4
	}
	l.greeted = true
	switch f := f.(type) {
	case *http2.HeadersFrame:
		return l.onHeaders(f)
	case *http2.ContinuationFrame:
		return l.feed(f.HeaderBlockFragment(), f.HeadersEnded())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = l.now
	switch f := f.(type) {
	case *http2.DataFrame:
		return l.onData(f)
	case *http2.SettingsFrame:
		return l.onSettings(f)
	case *http2.WindowUpdateFrame:
		return l.onWindowUpdate(f)
	case *http2.RSTStreamFrame:
		return l.onReset(f)
	case *http2.PingFrame:
		return l.onPing(f)
	case *http2.GoAwayFrame:
		l.owner.goneAway(f.LastStreamID)
	case *http2.PriorityFrame:
		if f.StreamDep == f.StreamID {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return l.budget.spendControl()
}

// punish resets a stream for what the peer did.
func (l *link) punish(e http2.StreamError) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.streams[e.StreamID]; s != nil {
		l.reset(s, e.Code, e)
	} else if !l.owner.begun(e.StreamID) {
		return http2.ConnectionError(e.Code)
	} else if l.err == nil {
		l.fr.WriteRSTStream(e.StreamID, e.Code)
	}
	return l.budget.spendReset()
}

// block is the header block being received.
type block struct {
	head
	id     uint32
	end    bool // END_STREAM
	frames int
	wire   int // bytes as received
}

func (l *link) onHeaders(f *http2.HeadersFrame) error {
	b := &l.block
	b.head.reset()
	b.id, b.end, b.frames, b.wire = f.StreamID, f.StreamEnded(), 0, 0
	if f.HasPriority() && f.Priority.StreamDep == f.StreamID {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	if !f.HeadersEnded() {
		l.mu.Lock()
		l.blockSince = l.now
		l.mu.Unlock()
	}
	return l.feed(f.HeaderBlockFragment(), f.HeadersEnded())
}

// feed decodes a fragment and, after the last, delivers the block. A block is
// decoded even if nobody wants it: the table depends on it.
func (l *link) feed(fragment []byte, last bool) error {
	b := &l.block
	b.frames++
	b.wire += len(fragment)
	if b.frames > maxContinuation || b.wire > 2*l.limits.HeaderBytes {
		return floodError{errContinuation}
	}
	_, err := l.dec.Write(fragment)
	if b.size > bombFactor*l.limits.HeaderBytes || errors.Is(err, hpack.ErrStringLength) {
		return floodError{errHeaderBomb}
	}
	if err == nil && last {
		err = l.dec.Close()
	}
	if err != nil {
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	if !last {
		return nil
	}
	return l.deliver(b)
}

func (l *link) emit(f hpack.HeaderField) {
	l.block.add(f, l.limits.HeaderBytes, l.limits.HeaderFields)
}

func (l *link) deliver(b *block) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = l.now
	l.blockSince = time.Time{}
	s := l.streams[b.id]
	switch {
	case s == nil:
		return l.owner.opened(b)
	case s.recvEnd:
		return http2.StreamError{StreamID: b.id, Code: http2.ErrCodeStreamClosed}
	}
	return s.host.headers(b)
}
