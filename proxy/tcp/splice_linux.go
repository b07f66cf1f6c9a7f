package tcp

import (
	"sync"

	"golang.org/x/sys/unix"
)

const (
	pipeBytes  = 1 << 20 // asked for; the system may give less
	maxPipes   = 512     // at a time: more slow readers than that have their bytes copied
	sparePipes = 64      // kept for reuse
)

// pipe carries bytes between two sockets inside the kernel.
type pipe struct {
	in, out int
	held    int // bytes in it
}

func (p *pipe) close() {
	unix.Close(p.in)
	unix.Close(p.out)
}

// pipes makes pipes and keeps empty ones for reuse.
type pipes struct {
	mu    sync.Mutex
	spare []*pipe
	open  int // spare or in use
}

// get returns an empty pipe, or nil when there is none to be had.
func (ps *pipes) get() *pipe {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if n := len(ps.spare); n > 0 {
		p := ps.spare[n-1]
		ps.spare = ps.spare[:n-1]
		return p
	}
	var fds [2]int
	if ps.open == maxPipes || unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC) != nil {
		return nil
	}
	ps.open++
	p := &pipe{out: fds[0], in: fds[1]}
	// A smaller pipe works too, in more calls.
	unix.FcntlInt(uintptr(p.in), unix.F_SETPIPE_SZ, pipeBytes)
	return p
}

// put takes a pipe back.
func (ps *pipes) put(p *pipe) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p.held == 0 && len(ps.spare) < sparePipes {
		ps.spare = append(ps.spare, p)
		return
	}
	ps.open--
	p.close()
}

func (ps *pipes) close() {
	for _, p := range ps.spare {
		p.close()
	}
	ps.spare = nil
}

// splice moves the next piece through a pipe, which it keeps only while bytes
// are in it.
func (f *flow) splice(p *Poller) error {
	pipe := p.pipes.get()
	if pipe == nil {
		f.bulk = false // copying works
		return nil
	}
	n, err := sysSplice(f.from.fd, pipe.in, pipeBytes)
	pipe.held = n
	f.pipe = pipe
	if pipe.held > 0 {
		f.bulk = n >= bufferBytes
		f.drain(p)
		return nil
	}
	f.retire(p)
	switch {
	case err == nil:
		f.eof = true
	case err == unix.EAGAIN && f.from.special:
		f.bulk = false // reading gets past urgent data
	case err == unix.EAGAIN:
		f.from.readable = false
	default:
		return err
	}
	return nil
}

// drain moves what is in the pipe on. It reports whether that was all.
func (f *flow) drain(p *Poller) bool {
	for f.pipe.held > 0 {
		if !f.to.writable {
			return false
		}
		n, err := sysSplice(f.pipe.out, f.to.fd, f.pipe.held)
		switch {
		case err == unix.EAGAIN:
			f.to.writable = false
			return false
		case err != nil:
			f.fail(err)
			f.retire(p)
			return true
		}
		f.pipe.held -= n
		f.bytes += int64(n)
	}
	f.retire(p)
	return true
}

// retire gives the pipe back.
func (f *flow) retire(p *Poller) {
	p.pipes.put(f.pipe)
	f.pipe = nil
}
