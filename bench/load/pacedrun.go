package load

import (
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"weir/bench/epoll"
)

func (r *pacedRun) ready(fd int, _ uint32) error {
	if fd == r.timer {
		return r.tick()
	}
	c := r.conns[fd]
	whole, err := c.read()
	if err != nil || !whole {
		return err
	}
	r.times = append(r.times, time.Since(c.due))
	if len(r.times) == r.total {
		return epoll.ErrDone
	}
	r.free = append(r.free, c)
	return r.send()
}

// tick counts the requests that became due since the last one.
func (r *pacedRun) tick() error {
	var count [8]byte
	if _, err := unix.Read(r.timer, count[:]); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	r.ticked = min(r.ticked+int(binary.NativeEndian.Uint64(count[:])), r.total)
	return r.send()
}

// send sends the requests that are due, as far as connections are free.
func (r *pacedRun) send() error {
	for r.sent < r.ticked && len(r.free) > 0 {
		c := r.free[len(r.free)-1]
		r.free = r.free[:len(r.free)-1]
		r.sent++
		c.due = r.start.Add(time.Duration(float64(r.sent) / r.Rate * float64(time.Second)))
		if n, err := unix.Write(c.fd, r.request); err != nil || n < len(r.request) {
			return fmt.Errorf("send a request: %d bytes: %w", n, err)
		}
	}
	return nil
}

// read reads what there is of an answer and reports whether that is all of it.
func (c *pacedConn) read() (whole bool, err error) {
	n, err := unix.Read(c.fd, c.buf[c.got:])
	if err != nil || n == 0 {
		return false, fmt.Errorf("connection ended within an answer: %d bytes: %v", n, err)
	}
	c.got += n
	length, err := responseLen(c.buf[:c.got])
	if err != nil || length == 0 {
		return false, err
	}
	if length != c.got {
		return false, fmt.Errorf("%d bytes follow an answer", c.got-length)
	}
	c.got = 0
	return true, nil
}
