package http1

import (
	"syscall"

	"weir/proxy/exchange"
	"weir/proxy/nonblock"
)

const (
	spliceFrom = 64 << 10 // so many bytes of a body must be to come
	maxPipes   = 512      // at a time: more long bodies than that are copied
)

// splicer is a Reply that can send body bytes without looking at them.
type splicer interface {
	// Splices reports whether the next n bytes of the body may be spliced.
	Splices(n int64) bool
	// Splice sends what is in p, which belongs to the body, and empties it.
	Splice(p *nonblock.Pipe) error
}

// splice hands the rest of a body to the kernel, where both connections allow
// that.
func (a *attempt) splice(left int64) (done bool, kind exchange.Failure, err error) {
	to, ok := a.x.Reply.(splicer)
	if !ok || left < spliceFrom || a.conn.TCP == nil || !to.Splices(left) {
		return false, 0, nil
	}
	pipe := a.tr.pipe()
	if pipe == nil {
		return false, 0, nil
	}
	defer a.tr.releasePipe(pipe)
	for left > 0 {
		a.conn.Limit(a.bodyLimit())
		n, err := a.conn.Fill(pipe, left, a.flush)
		a.conn.Limit(0)
		switch {
		case a.gone != nil:
			return true, exchange.ClientGone, a.gone
		case err != nil:
			return true, exchange.ResponseCut, err
		}
		err = to.Splice(pipe)
		a.x.BytesOut += int64(n - pipe.Held())
		if err != nil {
			return true, exchange.ClientGone, err
		}
		left -= int64(n)
	}
	return true, 0, nil
}

// Splices implements splicer.
func (r *reply) Splices(n int64) bool {
	return r.c.tcp != nil && r.framing == byLength && n <= r.left
}

// Splice implements splicer.
func (r *reply) Splice(p *nonblock.Pipe) error {
	if err := r.Flush(); err != nil {
		return err
	}
	r.left -= int64(p.Held())
	r.c.writing.start(phaseWrite)
	defer r.c.writing.start(0)
	err := error(nil)
	werr := r.c.raw.Write(func(fd uintptr) bool {
		err = p.Drain(int(fd))
		return err != syscall.EAGAIN
	})
	if r.failed = werr; werr == nil {
		r.failed = err
	}
	return r.failed
}

// pipe returns an empty pipe, or nil when there is none to be had.
func (tr *Transport) pipe() *nonblock.Pipe {
	if tr.piping.Add(1) > maxPipes {
		tr.piping.Add(-1)
		return nil
	}
	if p, ok := tr.pipes.Get().(*nonblock.Pipe); ok {
		return p
	}
	p, err := nonblock.NewPipe()
	if err != nil {
		tr.piping.Add(-1)
		return nil
	}
	return p
}

func (tr *Transport) releasePipe(p *nonblock.Pipe) {
	tr.piping.Add(-1)
	if p.Held() > 0 {
		p.Close()
		return
	}
	tr.pipes.Put(p)
}
