// Package epoll waits for many sockets on one goroutine with as few system
// calls as Linux allows, so that a loader or a backend costs less than the
// proxy between them.
package epoll

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// What a socket is watched for.
const (
	In  = unix.EPOLLIN
	Out = unix.EPOLLOUT
)

// ErrDone ends Run without an error.
var ErrDone = errors.New("done")

// Poller is a set of sockets. It belongs to one goroutine.
type Poller struct {
	fd, wake int
	events   [256]unix.EpollEvent
}

// New returns an empty set. The caller closes it.
func New() (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	p := &Poller{fd: fd, wake: wake}
	if err := p.Add(wake, In); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Add watches fd. Closing fd takes it off again.
func (p *Poller) Add(fd int, events uint32) error { return p.control(unix.EPOLL_CTL_ADD, fd, events) }

// Change sets what fd is watched for.
func (p *Poller) Change(fd int, events uint32) error {
	return p.control(unix.EPOLL_CTL_MOD, fd, events)
}

func (p *Poller) control(op, fd int, events uint32) error {
	err := unix.EpollCtl(p.fd, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
	if err != nil {
		return fmt.Errorf("watch socket %d: %w", fd, err)
	}
	return nil
}

// Run calls ready for each socket that has something to do until ctx ends,
// whose error it returns, or until ready returns an error. A socket that has
// failed is ready for what it is watched for. ErrDone makes Run return nil.
func (p *Poller) Run(ctx context.Context, ready func(fd int, events uint32) error) error {
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(woken)
		unix.Write(p.wake, binary.NativeEndian.AppendUint64(nil, 1))
	})
	defer func() {
		if !stop() {
			<-woken // the wake descriptor must outlive the write
		}
	}()
	for ctx.Err() == nil {
		n, err := unix.EpollWait(p.fd, p.events[:], -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("epoll: %w", err)
		}
		for _, e := range p.events[:max(n, 0)] {
			if int(e.Fd) == p.wake {
				continue
			}
			if err := ready(int(e.Fd), e.Events); err != nil {
				return unlessDone(err)
			}
		}
	}
	return ctx.Err()
}

func unlessDone(err error) error {
	if errors.Is(err, ErrDone) {
		return nil
	}
	return err
}

// Close gives the set's own descriptors back, not those of its sockets.
func (p *Poller) Close() error {
	return errors.Join(unix.Close(p.wake), unix.Close(p.fd))
}
