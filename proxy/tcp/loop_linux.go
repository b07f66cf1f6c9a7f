package tcp

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// loop waits for many sockets. Its epoll descriptor is itself watched by Go's
// poller, so that waiting blocks a goroutine and no thread.
type loop struct {
	file *os.File
	raw  syscall.RawConn
	fd   int

	mu    sync.Mutex
	sides []*side // by file descriptor

	events [256]unix.EpollEvent
	ready  [256]*side
}

func newLoop() (*loop, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // tells package os to poll it
		unix.Close(fd)
		return nil, err
	}
	l := &loop{fd: fd, file: os.NewFile(uintptr(fd), "epoll")}
	if l.raw, err = l.file.SyscallConn(); err != nil {
		l.file.Close()
		return nil, err
	}
	return l, nil
}

// run runs whatever is ready until the loop is closed.
func (l *loop) run() {
	n := 0
	poll := func(uintptr) bool {
		n = l.poll()
		return n > 0
	}
	for {
		if err := l.raw.Read(poll); err != nil {
			return
		}
		l.look(n)
		for i := range n {
			if s := l.ready[i]; s != nil {
				s.conn.event(s, l.events[i].Events)
			}
		}
	}
}

// poll takes what is ready now.
func (l *loop) poll() int {
	n, err := sysReady(l.fd, l.events[:])
	if err != nil {
		return 0
	}
	return n
}

// look finds the sides of the first n events. A descriptor that was closed and
// reused meanwhile wakes its new owner for nothing, which does no harm.
func (l *loop) look(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range n {
		l.ready[i] = l.sides[l.events[i].Fd]
	}
}

// watch begins to report what happens on s, or changes what is reported.
func (l *loop) watch(s *side, mask uint32) error {
	op := unix.EPOLL_CTL_MOD
	if s.mask == 0 {
		op = unix.EPOLL_CTL_ADD
		l.enter(s)
	}
	s.mask = mask
	return sysWatch(l.fd, op, s.fd, mask)
}

func (l *loop) enter(s *side) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.sides) <= s.fd {
		l.sides = append(l.sides, nil)
	}
	l.sides[s.fd] = s
}

// abandon ends watching s, whose socket lives on.
func (l *loop) abandon(s *side) error {
	if s.mask == 0 {
		return nil
	}
	l.leave(s)
	s.mask = 0
	return sysWatch(l.fd, unix.EPOLL_CTL_DEL, s.fd, 0)
}

// leave forgets s, which is about to be closed.
func (l *loop) leave(s *side) {
	if s.mask == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sides[s.fd] = nil
}
