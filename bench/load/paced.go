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

// Paced sends HTTP/1.1 requests at a fixed rate, whatever the answers do, and
// measures each from when it was due: a proxy that stalls is charged for every
// request that had to wait.
type Paced struct {
	Addr, Host, Path string
	Conns            int     // at most this many at a time; the others wait
	Rate             float64 // requests a second
	For              time.Duration
}

// Run sends l.Rate × l.For requests and waits for their answers.
func (l Paced) Run(ctx context.Context) (Result, error) {
	r := &pacedRun{Paced: l, timer: -1, request: request(l.Host, l.Path),
		total: int(l.Rate * l.For.Seconds()), conns: map[int]*pacedConn{}}
	if r.total < 1 || l.Conns < 1 {
		return Result{}, fmt.Errorf("%v requests a second for %v on %d connections is no load", l.Rate, l.For, l.Conns)
	}
	defer r.close()
	if err := r.open(); err != nil {
		return Result{}, fmt.Errorf("paced load on %s: %w", l.Addr, err)
	}
	before := ownCPU()
	if err := r.poll.Run(ctx, r.ready); err != nil {
		return Result{}, fmt.Errorf("paced load on %s: %w", l.Addr, err)
	}
	result := Result{Units: float64(r.total), Wall: time.Since(r.start), CPU: ownCPU() - before}
	result.setPercentiles(r.times)
	return result, nil
}

// pacedRun is a run of Paced.
type pacedRun struct {
	Paced
	poll    *epoll.Poller
	timer   int // timerfd that ticks Rate times a second
	request []byte
	start   time.Time
	conns   map[int]*pacedConn
	free    []*pacedConn
	total   int
	ticked  int // requests that were due up to now
	sent    int // of those: the others wait for a connection
	times   []time.Duration
}

// pacedConn carries one request at a time.
type pacedConn struct {
	fd  int
	due time.Time // of the request it carries
	got int       // bytes of the answer
	buf [4096]byte
}

func (r *pacedRun) open() error {
	addr, err := netip.ParseAddrPort(r.Addr)
	if err != nil {
		return err
	}
	if r.poll, err = epoll.New(); err != nil {
		return err
	}
	for range r.Conns {
		if err := r.connect(&unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}); err != nil {
			return err
		}
	}
	if r.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		return err
	}
	every := unix.NsecToTimespec(int64(float64(time.Second) / r.Rate))
	r.start = time.Now()
	if err := unix.TimerfdSettime(r.timer, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil); err != nil {
		return err
	}
	return r.poll.Add(r.timer, epoll.In)
}

func (r *pacedRun) connect(to *unix.SockaddrInet4) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	c := &pacedConn{fd: fd}
	r.conns[fd], r.free = c, append(r.free, c)
	return errors.Join(unix.Connect(fd, to), unix.SetNonblock(fd, true),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1), r.poll.Add(fd, epoll.In))
}

func (r *pacedRun) close() {
	for fd := range r.conns {
		unix.Close(fd)
	}
	if r.timer >= 0 {
		unix.Close(r.timer)
	}
	if r.poll != nil {
		r.poll.Close()
	}
}
