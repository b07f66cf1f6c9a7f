package http2

import (
	"errors"
	"net"
	"os"
	"sync"
)

// bufferSize is what one TLS record carries at most.
const bufferSize = 16 << 10

// buffers lends buffers to connections, so that an idle one holds none.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() []byte {
	if p, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return p[:]
	}
	return make([]byte, bufferSize)
}

// put takes back what get gave; what has grown since is left to the collector.
func (b *buffers) put(p []byte) {
	if cap(p) == bufferSize {
		b.pool.Put((*[bufferSize]byte)(p[:bufferSize]))
	}
}

// reader buffers what comes from nc.
type reader struct {
	nc      net.Conn
	buffers *buffers
	buf     []byte // borrowed; nil on an idle connection
	r, w    int    // buf[r:w] is not read yet
	err     error  // of nc
}

// Read reads a frame's header or payload. Without a buffer it asks the
// connection for the few bytes of a header only, so that waiting costs none.
func (r *reader) Read(p []byte) (int, error) {
	if r.r == r.w {
		if r.buf == nil || len(p) >= bufferSize {
			n, err := r.fill(p)
			if r.buf == nil {
				r.buf, r.r, r.w = r.buffers.get(), 0, 0
			}
			return n, err
		}
		n, err := r.fill(r.buf)
		r.r, r.w = 0, n
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.r:r.w])
	r.r += n
	return n, nil
}

func (r *reader) fill(p []byte) (int, error) {
	n, err := r.nc.Read(p)
	if n == 0 {
		r.err = err
	}
	return n, err
}

// broken reports whether the connection itself has ended, so that nothing
// reaches the peer any more. A deadline is of our own making.
func (r *reader) broken() bool {
	return r.err != nil && !errors.Is(r.err, os.ErrDeadlineExceeded)
}

// whole reports whether a complete frame is buffered.
func (r *reader) whole() bool {
	b := r.buf[r.r:r.w]
	return len(b) >= 9 && len(b)-9 >= int(b[0])<<16|int(b[1])<<8|int(b[2])
}

// seed puts bytes that somebody else read from nc in front.
func (r *reader) seed(b []byte) {
	if len(b) > 0 {
		r.buf = append(r.buffers.get()[:0], b...)
		r.r, r.w, r.buf = 0, len(b), r.buf[:cap(r.buf)]
	}
}

// release gives the buffer back when nothing is in it.
func (r *reader) release() {
	if r.buf != nil && r.r == r.w {
		r.buffers.put(r.buf)
		r.buf, r.r, r.w = nil, 0, 0
	}
}
