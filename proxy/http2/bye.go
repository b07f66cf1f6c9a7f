package http2

import (
	"crypto/tls"
	"errors"
	"io"
	"time"

	"golang.org/x/net/http2"
)

const (
	// byeTime bounds the end of a connection: the last write, and the wait for
	// the peer to have read it.
	byeTime  = time.Second
	byeBytes = 1 << 20 // that are read and thrown away meanwhile
)

// bye ends the connection after its reading goroutine stopped for err: it
// tells the peer, ends all streams and closes.
func (l *link) bye(err error, last uint32) {
	l.raw.SetWriteDeadline(time.Now().Add(byeTime))
	l.mu.Lock()
	polite := l.err == nil && !l.rd.broken()
	if code, ok := errorCode(err); polite && ok {
		l.fr.WriteGoAway(last, code, nil)
	}
	if polite {
		l.gen++ // what is pending will be sent
	}
	if l.err == nil {
		l.over(err)
	}
	for l.flushing {
		l.space.Wait()
	}
	out := l.pend
	l.pend = nil
	l.mu.Unlock()
	if polite {
		l.nc.Write(out)
		l.linger()
	}
	l.raw.Close()
	l.buffers.put(out)
	l.rd.release()
}

// linger closes our direction and waits for the peer to close its own: closing
// with unread bytes would destroy what is on the way to it (RFC 9112 section 9.6
// tells the same of HTTP/1).
func (l *link) linger() {
	if t, ok := l.nc.(*tls.Conn); ok {
		t.CloseWrite()
	}
	c, ok := l.raw.(interface{ CloseWrite() error })
	if !ok || c.CloseWrite() != nil {
		return
	}
	l.raw.SetReadDeadline(time.Now().Add(byeTime))
	io.CopyN(io.Discard, l.raw, byeBytes)
}

// errorCode is what a GOAWAY for err says; none is due where the connection is
// broken, or where one was sent before.
func errorCode(err error) (http2.ErrCode, bool) {
	var connection http2.ConnectionError
	var flood floodError
	switch {
	case errors.As(err, &connection):
		return http2.ErrCode(connection), true
	case errors.As(err, &flood):
		return http2.ErrCodeEnhanceYourCalm, true
	}
	return 0, false
}

// stop makes the reading goroutine end as if the peer had gone.
func (l *link) stop() { l.raw.SetReadDeadline(time.Unix(1, 0)) }
