package tcp

import (
	"golang.org/x/sys/unix"
)

// flow is one direction of a connection.
type flow struct {
	from, to *side
	bytes    int64  // taken by to
	rest     []byte // read and not taken by to yet
	pipe     *pipe  // the same of what is spliced; nil when there is none
	bulk     bool   // comes in large pieces: splicing is worth it
	eof      bool   // from has sent its end of input, or to takes no more
	done     bool   // and to knows it
	err      error  // why to takes no more
}

// turn is how many bytes a flow may move before others have their turn.
const turn = 1 << 20

// spliceFrom is how many bytes a flow has moved through buffers before it is
// spliced: many connections never need a pipe.
const spliceFrom = 64 << 10

// move moves what can be moved without waiting. An error is from's; when to
// fails the flow ends, but what to sent before may still be on its way back.
func (f *flow) move(p *Poller, last bool) error {
	for start := f.bytes; f.bytes < start+turn; {
		switch {
		case f.done:
			return nil
		case !f.flush(p):
			return nil
		case f.eof:
			f.finish(last)
			return nil
		case !f.from.readable:
			return nil
		}
		if err := f.piece(p); err != nil {
			return err
		}
	}
	f.from.again = true
	return nil
}

// piece reads the next piece and passes on what fits.
func (f *flow) piece(p *Poller) error {
	if f.bulk && f.bytes >= spliceFrom {
		return f.splice(p)
	}
	buf := p.buffer()
	defer p.give(buf)
	n, err := f.from.read(buf[:])
	switch {
	case err == unix.EAGAIN:
	case err != nil:
		return err
	case n == 0:
		f.eof = true
	default:
		f.bulk = n == len(buf)
		f.take(buf[:n])
	}
	return nil
}

// take passes b on and keeps a copy of what did not fit.
func (f *flow) take(b []byte) {
	n, err := f.to.write(b)
	if err != nil {
		f.fail(err)
		return
	}
	f.bytes += int64(n)
	if n < len(b) {
		f.rest = append([]byte(nil), b[n:]...)
	}
}

// flush passes on what is kept. It reports false when to must become writable
// first.
func (f *flow) flush(p *Poller) bool {
	if len(f.rest) > 0 {
		if !f.to.writable {
			return false
		}
		n, err := f.to.write(f.rest)
		if err != nil {
			f.fail(err)
			return true
		}
		f.bytes += int64(n)
		if f.rest = f.rest[n:]; len(f.rest) > 0 {
			return false
		}
		f.rest = nil
	}
	return f.pipe == nil || f.drain(p)
}

// fail notes that to takes no more.
func (f *flow) fail(err error) {
	f.eof, f.done, f.err = true, true, err
	f.rest = nil
}

// finish passes the end of input on; on the last flow closing does that.
func (f *flow) finish(last bool) {
	f.done = true
	if !last {
		sysEndOutput(f.to.fd)
	}
}

// drop gives up what is on its way.
func (f *flow) drop(p *Poller) {
	f.rest = nil
	if f.pipe != nil {
		f.retire(p)
	}
}
