package upstream

import (
	"errors"
	"io"
	"os"
	"syscall"

	"weir/proxy/nonblock"
)

// turnState is what Turn and More tell turn and get back.
type turnState struct {
	out, in []byte
	sent    int
	checked bool           // the connection was seen to be quiet before the first byte
	idle    func() error   // called once before the first wait
	pipe    *nonblock.Pipe // read into this instead of in
	most    int64          // bytes
	n       int
	err     error
}

// Turn writes out and then reads what comes back into in, at least one byte.
// sent says how much of out was written. On a pooled connection that the target
// has closed meanwhile, or has sent something on, it fails with ErrStale and
// writes nothing: an answer that came before its request belongs to nobody.
//
// On a plain connection both happen inside one wait of the network poller,
// which spares the read that would find nothing yet.
func (c *Conn) Turn(out, in []byte) (n, sent int, err error) {
	if c.TCP == nil {
		return c.slowTurn(out, in)
	}
	n, sent, err = c.run(turnState{out: out, in: in, checked: !c.Reused})
	if !errors.Is(err, syscall.EAGAIN) {
		return n, sent, err
	}
	// The socket takes no more now: leave the rest to the ordinary way.
	more, err := c.Conn.Write(out[sent:])
	if sent += more; err != nil {
		return 0, sent, err
	}
	n, err = c.Conn.Read(in)
	return n, sent, err
}

func (c *Conn) slowTurn(out, in []byte) (n, sent int, err error) {
	if !c.Quiet() {
		return 0, 0, ErrStale
	}
	if sent, err = c.Conn.Write(out); err != nil {
		return 0, sent, err
	}
	n, err = c.Conn.Read(in)
	return n, sent, err
}

// More reads at least one byte into in. It calls idle, if it fails fails too,
// before it waits for bytes that are not here yet.
func (c *Conn) More(in []byte, idle func() error) (n int, err error) {
	if c.TCP == nil {
		if err := idle(); err != nil {
			return 0, err
		}
		return c.Conn.Read(in)
	}
	n, _, err = c.run(turnState{in: in, checked: true, idle: idle})
	return n, err
}

// Fill takes up to most bytes, at least one, into the empty pipe. It calls idle as
// More does. It is for plain connections.
func (c *Conn) Fill(pipe *nonblock.Pipe, most int64, idle func() error) (n int, err error) {
	n, _, err = c.run(turnState{pipe: pipe, most: most, checked: true, idle: idle})
	return n, err
}

// Quiet reports whether a pooled connection has nothing to read, not even the
// end of input: an answer must not come before its request. Turn looks by itself.
func (c *Conn) Quiet() bool {
	if !c.Reused || c.raw == nil {
		return true
	}
	var in [1]byte
	c.turnState = turnState{in: in[:]}
	err := c.raw.Control(func(fd uintptr) { c.quiet(int(fd)) })
	quiet := err == nil && c.checked
	c.turnState = turnState{}
	return quiet && c.drained(in[:])
}

// drained reports whether TLS holds nothing back that came with the last answer.
func (c *Conn) drained(in []byte) bool {
	if c.dry == nil {
		return true
	}
	c.dry.dry = true
	n, err := c.Conn.Read(in)
	c.dry.dry = false
	return n == 0 && errors.Is(err, errDry)
}

func (c *Conn) run(s turnState) (n, sent int, err error) {
	c.turnState = s
	err = c.raw.Read(c.step)
	if err == nil {
		err = c.err
	}
	n, sent = c.n, c.sent
	c.turnState = turnState{}
	if err == nil && n == 0 {
		err = io.EOF
	}
	return n, sent, err
}

// turn writes on its first call, before the poller waits for input, and reads
// on those after it.
func (c *Conn) turn(fd uintptr) (done bool) {
	if !c.checked && !c.quiet(int(fd)) {
		return true
	}
	for c.sent < len(c.out) {
		n, err := nonblock.Write(int(fd), c.out[c.sent:])
		c.sent += n
		switch {
		case err != nil:
			c.err = os.NewSyscallError("write", err)
			return true
		case c.sent == len(c.out):
			return false
		}
	}
	n, err := c.read(int(fd))
	if err == syscall.EAGAIN {
		return c.wait()
	}
	c.n, c.err = n, os.NewSyscallError("read", err)
	return true
}

func (c *Conn) read(fd int) (int, error) {
	if c.pipe != nil {
		return c.pipe.Fill(fd, c.most)
	}
	return nonblock.Read(fd, c.in)
}

// wait calls idle before the first wait.
func (c *Conn) wait() (done bool) {
	idle := c.idle
	c.idle = nil
	if idle != nil {
		c.err = idle()
		return c.err != nil
	}
	return false
}

// quiet looks whether there is nothing to read.
func (c *Conn) quiet(fd int) bool {
	_, err := nonblock.Read(fd, c.in[:1])
	c.checked = err == syscall.EAGAIN
	if !c.checked {
		c.err = ErrStale
	}
	return c.checked
}
