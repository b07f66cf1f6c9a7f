package nonblock

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// pipeBytes is what a pipe is asked to hold; the system may give less, which
// works too, in more calls.
const pipeBytes = 1 << 20

// Pipe carries bytes from one socket to another inside the kernel. One that
// nobody refers to any more closes itself, so that pools may forget it.
type Pipe struct {
	in, out int
	held    int // bytes
	cleanup runtime.Cleanup
}

// NewPipe opens an empty pipe.
func NewPipe() (*Pipe, error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("pipe2", err)
	}
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeBytes)
	p := &Pipe{in: fds[1], out: fds[0]}
	p.cleanup = runtime.AddCleanup(p, closeBoth, fds)
	return p, nil
}

// Close closes the pipe and loses what is in it.
func (p *Pipe) Close() {
	p.cleanup.Stop()
	closeBoth([2]int{p.out, p.in})
}

func closeBoth(fds [2]int) {
	unix.Close(fds[0])
	unix.Close(fds[1])
}

// Held is how many bytes are in the pipe.
func (p *Pipe) Held() int { return p.held }

// Fill takes up to most bytes from the socket fd into the empty pipe. n is 0 at
// the end of input; the error is syscall.EAGAIN when there is nothing yet.
func (p *Pipe) Fill(fd int, most int64) (n int, err error) {
	n, err = splice(fd, p.in, int(min(most, pipeBytes)))
	p.held += n
	return n, err
}

// Drain sends what is in the pipe, or a part of it, to the socket fd. The error
// is syscall.EAGAIN when that takes no more now.
func (p *Pipe) Drain(fd int) error {
	for p.held > 0 {
		n, err := splice(p.out, fd, p.held)
		if err != nil {
			return err
		}
		p.held -= n
	}
	return nil
}

func splice(from, to, most int) (int, error) {
	for {
		n, err := unix.Splice(from, nil, to, nil, most, unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		if err != unix.EINTR {
			return int(max(n, 0)), err
		}
	}
}
