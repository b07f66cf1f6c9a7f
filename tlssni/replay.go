package tlssni

import (
	"errors"
	"net"
)

// Replay is a connection whose first bytes were read already: it yields them
// again. Only one goroutine may read at a time.
type Replay struct {
	net.Conn
	read []byte
}

// NewReplay returns conn as it was before read was taken from it. It keeps read
// until that has been read again.
func NewReplay(conn net.Conn, read []byte) *Replay { return &Replay{conn, read} }

// NetConn is the connection that Replay reads from.
func (r *Replay) NetConn() net.Conn { return r.Conn }

// CloseWrite passes the end of input on where the connection can.
func (r *Replay) CloseWrite() error {
	if c, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Read yields the bytes read before, then those of the connection.
func (r *Replay) Read(p []byte) (int, error) {
	if len(r.read) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.read)
	if r.read = r.read[n:]; len(r.read) == 0 {
		r.read = nil
	}
	return n, nil
}
