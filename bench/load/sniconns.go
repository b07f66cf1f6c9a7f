package load

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"weir/bench/epoll"
)

// SNIConns opens connections, Conns at a time: each sends a ClientHello, gets
// one byte and closes when the other side has. Whoever closes first keeps the
// address for a minute (TIME_WAIT), and when that is the side that connects,
// connect takes longer and longer to find a port.
type SNIConns struct {
	Addr  string // of the proxy: an IPv4 address and port
	Hello []byte
	Conns int
	For   time.Duration
}

// Run goes on for l.For and then waits for the connections that are open.
func (l SNIConns) Run(ctx context.Context) (Result, error) {
	addr, err := netip.ParseAddrPort(l.Addr)
	if err != nil {
		return Result{}, fmt.Errorf("address of the proxy: %w", err)
	}
	poll, err := epoll.New()
	if err != nil {
		return Result{}, err
	}
	run := &sniRun{SNIConns: l, poll: poll, began: map[int]time.Time{},
		to: unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}}
	defer run.close()
	return run.run(ctx)
}

// sniRun is a run of SNIConns.
type sniRun struct {
	SNIConns
	poll   *epoll.Poller
	to     unix.SockaddrInet4
	start  time.Time
	began  map[int]time.Time // by open socket; zero: the byte is there
	times  []time.Duration   // up to the byte
	closed int
}

func (r *sniRun) close() {
	for fd := range r.began {
		unix.Close(fd)
	}
	r.poll.Close()
}

func (r *sniRun) run(ctx context.Context) (Result, error) {
	before := ownCPU()
	r.start = time.Now()
	for range r.Conns {
		if err := r.open(); err != nil {
			return Result{}, err
		}
	}
	if err := r.poll.Run(ctx, r.ready); err != nil {
		return Result{}, fmt.Errorf("after %d connections: %w", len(r.times), err)
	}
	result := Result{Units: float64(r.closed), Wall: time.Since(r.start), CPU: ownCPU() - before}
	result.setPercentiles(r.times)
	return result, nil
}

// open begins a connection. On loopback the handshake is over when connect
// returns, so that the ClientHello can be sent at once.
func (r *sniRun) open() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	r.began[fd] = time.Now()
	if err := unix.Connect(fd, &r.to); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect to %s: %w", r.Addr, err)
	}
	switch err := r.hello(fd); err {
	case nil:
		return r.poll.Add(fd, epoll.In)
	case unix.EAGAIN:
		return r.poll.Add(fd, epoll.Out)
	default:
		return err
	}
}

// hello sends the ClientHello, which always fits into a new socket.
func (r *sniRun) hello(fd int) error {
	n, err := unix.Write(fd, r.Hello)
	switch {
	case err == unix.EAGAIN:
		return err
	case err != nil:
		return fmt.Errorf("send a ClientHello to %s: %w", r.Addr, err)
	case n < len(r.Hello):
		return fmt.Errorf("%s took %d of %d bytes of a ClientHello", r.Addr, n, len(r.Hello))
	}
	return nil
}

func (r *sniRun) ready(fd int, events uint32) error {
	if events&epoll.Out != 0 {
		if err := r.hello(fd); err != nil {
			return err
		}
		return r.poll.Change(fd, epoll.In)
	}
	return r.take(fd)
}

// take reads the byte, or the end behind it.
func (r *sniRun) take(fd int) error {
	var answer [8]byte
	n, err := unix.Read(fd, answer[:])
	began := r.began[fd]
	switch {
	case err == nil && n == 1 && !began.IsZero():
		r.times = append(r.times, time.Since(began))
		r.began[fd] = time.Time{}
		return nil
	case err != nil || n != 0 || !began.IsZero():
		return fmt.Errorf("%s gave %d bytes in answer to a ClientHello, want 1: %v", r.Addr, n, err)
	}
	delete(r.began, fd)
	unix.Close(fd)
	r.closed++
	if time.Since(r.start) < r.For {
		return r.open()
	}
	if len(r.began) == 0 {
		return epoll.ErrDone
	}
	return nil
}
