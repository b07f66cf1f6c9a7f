package http1

import (
	"errors"
	"slices"
	"sync"
	"time"

	"weir/proxy/exchange"
)

// framing is how the end of a body is marked.
type framing uint8

const (
	noBody framing = iota
	byLength
	byChunks
	byClose
)

// reply is the answer to one request.
type reply struct {
	c       *Conn
	out     []byte // held back
	framing framing
	left    int64 // of a body byLength
	whole   bool  // the request has come whole
	old     bool  // the client speaks HTTP/1.0
	closing bool  // the connection ends after this answer
	begun   bool  // a final head was written

	mu     sync.Mutex // orders goAhead, which the reader of the body calls, and begun
	failed error      // of a write to the client
}

var (
	errTooMuch   = errors.New("more body bytes than announced")
	errTooLittle = errors.New("fewer body bytes than announced")
)

func (r *reply) reset(c *Conn, h *requestHead) {
	*r = reply{c: c, out: c.work.out[:0], old: h.proto == exchange.HTTP10}
	r.closing = h.close || r.old && !h.keepAlive
}

// Interim sends a 1xx head.
func (r *reply) Interim(status int, fields []exchange.Field) error {
	if r.old {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out = appendStatus(r.out, status)
	r.out = append(appendFields(r.out, fields), "\r\n"...)
	return r.Flush()
}

// goAhead sends 100 Continue unless the answer has begun.
func (r *reply) goAhead() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begun {
		return nil
	}
	return r.send([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
}

// Head writes the final head into the buffer.
func (r *reply) Head(status int, fields []exchange.Field, length int64, bodyless bool) error {
	r.begin(length, bodyless)
	r.out = appendFields(appendStatus(r.out, status), fields)
	if !slices.ContainsFunc(fields, isDate) {
		r.out = append(append(append(r.out, "Date: "...), r.date()...), "\r\n"...)
	}
	switch {
	case r.framing == byChunks:
		r.out = append(r.out, "Transfer-Encoding: chunked\r\n"...)
	case length >= 0 && status != 204:
		r.out = appendLength(r.out, length)
	}
	switch {
	case r.closing:
		r.out = append(r.out, "Connection: close\r\n"...)
	case r.old:
		r.out = append(r.out, "Connection: keep-alive\r\n"...)
	}
	r.out = append(r.out, "\r\n"...)
	return nil
}

func isDate(f exchange.Field) bool { return f.Is("date") }

// date is the Date of the answer, which begins now.
func (r *reply) date() []byte {
	now := r.c.work.x.FirstByte
	if now.IsZero() {
		now = time.Now()
	}
	return r.c.engine.clock.date(now)
}

// begin chooses the framing and decides about the connection.
func (r *reply) begin(length int64, bodyless bool) {
	if !r.whole {
		r.mu.Lock()
		defer r.mu.Unlock()
		// What the client still sends is not worth waiting for.
		r.closing = r.closing || !r.c.work.body.over.Load()
	}
	r.begun = true
	x := &r.c.work.x
	r.closing = r.closing || r.c.draining.Load() || r.c.engine.Drains.Covers(x.Target, x.Start)
	switch {
	case bodyless:
		r.framing = noBody
	case length >= 0:
		r.framing, r.left = byLength, length
	case r.old:
		r.framing, r.closing = byClose, true
	default:
		r.framing = byChunks
	}
}

// Write adds body bytes. Many at a time are sent from p itself.
func (r *reply) Write(p []byte) (int, error) {
	switch r.framing {
	case noBody:
		return 0, errTooMuch
	case byLength:
		if int64(len(p)) > r.left {
			return 0, errTooMuch
		}
		r.left -= int64(len(p))
	case byChunks:
		if len(p) == 0 {
			return 0, nil
		}
		r.out = appendChunkSize(r.out, len(p))
	}
	if err := r.add(p); err != nil {
		return 0, err
	}
	if r.framing == byChunks {
		r.out = append(r.out, "\r\n"...)
	}
	return len(p), nil
}

// add holds p back, or sends what is held back and p when both do not fit.
func (r *reply) add(p []byte) error {
	const spare = 64 // for the framing around chunks
	if len(r.out)+len(p)+spare <= cap(r.out) {
		r.out = append(r.out, p...)
		return nil
	}
	if n := cap(r.out) - len(r.out) - spare; len(r.out) > 0 && n > 0 {
		r.out = append(r.out, p[:n]...)
		p = p[n:]
	}
	if err := r.Flush(); err != nil {
		return err
	}
	if len(p)+spare <= cap(r.out) {
		r.out = append(r.out, p...)
		return nil
	}
	return r.send(p)
}

// Flush sends what is held back.
func (r *reply) Flush() error {
	if len(r.out) == 0 {
		return r.failed
	}
	out := r.out
	r.out = r.out[:0]
	return r.send(out)
}

// End completes the message.
func (r *reply) End(trailers []exchange.Field) error {
	switch {
	case r.framing == byLength && r.left > 0:
		return errTooLittle
	case r.framing == byChunks:
		r.out = appendLastChunk(r.out, trailers)
	}
	return r.Flush()
}

// Abort ends the connection before the message is complete. Where only the end
// of the connection ends the message, that must look like a failure.
func (r *reply) Abort() {
	r.Flush()
	r.closing = true
	if r.framing != byClose {
		return
	}
	tcp := r.c.below()
	tcp.SetLinger(0)
	if r.c.tcp == nil {
		tcp.Close() // before TLS can say that the end is a good one
	}
}

// send writes p to the client.
func (r *reply) send(p []byte) error {
	if r.failed != nil {
		return r.failed
	}
	n, err := r.c.trySend(p)
	if err == nil && n < len(p) {
		r.c.writing.start(phaseWrite)
		_, err = r.c.conn.Write(p[n:])
		r.c.writing.start(0)
	}
	r.failed = err
	return err
}
