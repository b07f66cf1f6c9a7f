package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Idle holds connections that made one request each.
type Idle struct{ conns []net.Conn }

// OpenIdle opens n connections to addr, 64 at a time, and makes one request on
// each. The caller closes them.
func OpenIdle(ctx context.Context, addr, host, path string, n int) (*Idle, error) {
	idle := &Idle{conns: make([]net.Conn, n)}
	const workers = 64
	errs := make([]error, workers)
	var opening sync.WaitGroup
	for w := range workers {
		opening.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				idle.conns[i], errs[w] = openIdle(ctx, addr, request(host, path))
			}
		})
	}
	opening.Wait()
	if err := errors.Join(errs...); err != nil {
		idle.Close()
		return nil, err
	}
	return idle, nil
}

func openIdle(ctx context.Context, addr string, request []byte) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: -1}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("idle connection: %w", err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if err := exchange(c, request); err != nil {
		c.Close()
		return nil, fmt.Errorf("idle connection: %w", err)
	}
	return c, c.SetDeadline(time.Time{})
}

// exchange makes one request and reads the whole answer.
func exchange(c net.Conn, request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	var buf [4096]byte
	for got := 0; ; {
		n, err := c.Read(buf[got:])
		if err != nil {
			return err
		}
		got += n
		if whole, err := responseLen(buf[:got]); err != nil || whole > 0 {
			return err
		}
	}
}

// Close closes all connections.
func (i *Idle) Close() {
	for _, c := range i.conns {
		if c != nil {
			c.Close()
		}
	}
}
