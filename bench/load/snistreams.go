package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// SNIStreams takes long streams, Conns at a time: each sends a ClientHello and
// gets Bytes.
type SNIStreams struct {
	Addr  string
	Hello []byte
	Conns int
	Bytes int64 // of one stream
	For   time.Duration
}

// Run goes on for l.For and then waits for the streams that are open; each of
// Conns takes one at least. A unit is 1e9 bytes.
func (l SNIStreams) Run(ctx context.Context) (Result, error) {
	before, start := ownCPU(), time.Now()
	var takers sync.WaitGroup
	streams, errs := make([]int64, l.Conns), make([]error, l.Conns)
	for i := range l.Conns {
		takers.Go(func() {
			for errs[i] == nil && (streams[i] == 0 || time.Since(start) < l.For) {
				errs[i] = l.take(ctx)
				streams[i]++
			}
		})
	}
	takers.Wait()
	if err := errors.Join(errs...); err != nil {
		return Result{}, err
	}
	result := Result{Wall: time.Since(start), CPU: ownCPU() - before}
	for _, n := range streams {
		result.Units += float64(n*l.Bytes) / 1e9
	}
	return result, nil
}

// take takes one stream to its end.
func (l SNIStreams) take(ctx context.Context) error {
	c, err := net.Dial("tcp", l.Addr)
	if err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if _, err := c.Write(l.Hello); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	n, err := drain(c.(*net.TCPConn), l.Bytes)
	if err != nil {
		return fmt.Errorf("stream: after %d of %d bytes: %w", n, l.Bytes, err)
	}
	return nil
}

// drain takes so many bytes and lets the kernel drop them: MSG_TRUNC on a TCP
// socket does not copy (tcp(7)).
func drain(c *net.TCPConn, want int64) (got int64, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 1<<20)
	for got < want {
		var n int
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			n, _, failed = unix.Recvfrom(int(fd), buf, unix.MSG_TRUNC)
			return failed != unix.EAGAIN
		})
		if err := errors.Join(err, failed); err != nil {
			return got, err
		}
		if n == 0 {
			return got, io.ErrUnexpectedEOF
		}
		got += int64(n)
	}
	return got, nil
}
