package upstream

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// turnState is what Turn tells turn and gets back.
type turnState struct {
	out, in []byte
	sent    int
	checked bool // the connection was seen to be quiet before the first byte
	n       int
	err     error
}

// Turn writes out and then reads what comes back into in, at least one byte.
// sent says how much of out was written. On a pooled connection that the target
// has closed meanwhile it fails with ErrStale and writes nothing.
//
// On a plain connection both happen inside one wait of the network poller,
// which spares the read that would find nothing yet.
func (c *Conn) Turn(out, in []byte) (n, sent int, err error) {
	if c.TCP == nil {
		return c.slowTurn(out, in)
	}
	c.turnState = turnState{out: out, in: in, checked: !c.Reused}
	err = c.raw.Read(c.step)
	if err == nil {
		err = c.err
	}
	n, sent = c.n, c.sent
	c.turnState = turnState{}
	if sent == len(out) || !errors.Is(err, syscall.EAGAIN) {
		return n, sent, ended(n, err)
	}
	// The socket buffer is full: leave the rest to the ordinary way.
	more, err := c.Conn.Write(out[sent:])
	if sent += more; err != nil {
		return 0, sent, err
	}
	n, err = c.Conn.Read(in)
	return n, sent, err
}

// turn writes on its first call, before the poller waits for input, and reads
// on those after it.
func (c *Conn) turn(fd uintptr) (done bool) {
	if !c.checked && !c.quiet(int(fd)) {
		return true
	}
	for c.sent < len(c.out) {
		n, err := syscall.Write(int(fd), c.out[c.sent:])
		if n > 0 {
			c.sent += n
		}
		switch {
		case err == nil && c.sent == len(c.out):
			return false
		case err != nil && err != syscall.EINTR:
			c.err = os.NewSyscallError("write", err)
			return true
		}
	}
	for {
		n, err := syscall.Read(int(fd), c.in)
		c.n = max(n, 0)
		c.err = os.NewSyscallError("read", err)
		switch err {
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			return true
		}
	}
}

// quiet reports whether there is nothing to read, not even the end of input: an
// answer must not come before its request.
func (c *Conn) quiet(fd int) bool {
	_, err := syscall.Read(fd, c.in[:1])
	c.checked = err == syscall.EAGAIN
	if !c.checked {
		c.err = ErrStale
	}
	return c.checked
}

func (c *Conn) slowTurn(out, in []byte) (n, sent int, err error) {
	if c.Reused && c.raw != nil {
		c.turnState = turnState{in: in}
		err := c.raw.Control(func(fd uintptr) { c.quiet(int(fd)) })
		checked := c.checked
		c.turnState = turnState{}
		if err != nil || !checked {
			return 0, 0, ErrStale
		}
	}
	if sent, err = c.Conn.Write(out); err != nil {
		return 0, sent, err
	}
	n, err = c.Conn.Read(in)
	return n, sent, err
}

func ended(n int, err error) error {
	if err == nil && n == 0 {
		return io.EOF
	}
	return err
}
