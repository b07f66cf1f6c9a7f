package http2

import (
	"runtime"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

const (
	frameHeader = 9
	// flushRounds is how many buffers one goroutine writes for all before it
	// leaves the rest to another: it has work of its own.
	flushRounds = 8
	// headRoom is what must be free in pend before a header block goes in.
	headRoom = 2 << 10
)

// pending is a link as the Framer's writer.
type pending link

// Write appends to what is to be sent. Called under mu.
func (p *pending) Write(b []byte) (int, error) {
	if p.pend == nil {
		p.pend = p.buffers.get()[:0]
	}
	p.pend = append(p.pend, b...)
	return len(b), nil
}

// flush writes what is pending, unless another goroutine is at it, which then
// takes this along. It reports whether it gave up mu meanwhile.
func (l *link) flush() bool {
	claimed := l.claim()
	if claimed {
		l.writeOut()
	}
	return claimed
}

// claim makes the caller the one that writes, if there is anything to write
// and nobody else does.
func (l *link) claim() bool {
	if l.flushing || len(l.pend) == 0 || l.err != nil {
		return false
	}
	l.flushing, l.flushSince = true, l.now
	return true
}

// gather is flush for the end of a message: other streams that are about to
// send get the chance to do so first, and leave in the same write.
func (l *link) gather() {
	if !l.claim() {
		return
	}
	if len(l.streams) > 0 {
		l.mu.Unlock()
		runtime.Gosched()
		l.mu.Lock()
	}
	l.writeOut()
}

// kick is flush for a goroutine that must not wait for the network.
func (l *link) kick() {
	if l.claim() {
		l.helpers.Go(l.writeAside)
	}
}

func (l *link) writeAside() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writeOut()
}

// writeOut is the flushing: called and left with mu held, given up in between.
func (l *link) writeOut() {
	for round := 0; len(l.pend) > 0 && l.err == nil; round++ {
		if round == flushRounds {
			l.helpers.Go(l.writeAside)
			return
		}
		out := l.pend
		l.pend, l.spare = l.spare, nil
		l.gen++
		l.mu.Unlock()
		_, err := l.nc.Write(out)
		l.mu.Lock()
		l.spare = l.reusable(out)
		l.flushSince = l.now
		if err != nil {
			l.fail(err)
		}
		l.space.Broadcast()
	}
	l.flushing = false
	l.idleBuffers()
	l.space.Broadcast()
}

// reusable returns out for the next frames if it has not grown far.
func (l *link) reusable(out []byte) []byte {
	if cap(out) > 4*bufferSize {
		return nil
	}
	return out[:0]
}

// idleBuffers gives the buffers of a link without streams back.
func (l *link) idleBuffers() {
	if len(l.streams) > 0 || len(l.pend) > 0 {
		return
	}
	l.buffers.put(l.pend)
	l.buffers.put(l.spare)
	l.pend, l.spare = nil, nil
}

// sendHead encodes a header block and frames it. Wait for room first.
func (l *link) sendHead(s *stream, end bool) {
	b := l.enc.buf.Bytes()
	first := b[:min(len(b), 1<<14)]
	s.mark, s.markGen = len(l.pend), l.gen
	l.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: first, EndStream: end, EndHeaders: len(first) == len(b)})
	for b = b[len(first):]; len(b) > 0; b = b[len(first):] {
		first = b[:min(len(b), 1<<14)]
		l.fr.WriteContinuation(s.id, len(first) == len(b), first)
	}
}

// sendTrailers frames the last header block of a message.
func (l *link) sendTrailers(s *stream, trailers []exchange.Field) {
	l.enc.begin()
	l.enc.fields(trailers)
	l.sendHead(s, true)
}

// sendData frames p, for which there is room in pend and in the windows. It
// does what Framer.WriteData does without copying p twice.
func (l *link) sendData(s *stream, p []byte) {
	if l.pend == nil {
		l.pend = l.buffers.get()[:0]
	}
	n := len(p)
	s.mark, s.markGen = len(l.pend), l.gen
	l.pend = append(l.pend, byte(n>>16), byte(n>>8), byte(n), byte(http2.FrameData), 0,
		byte(s.id>>24), byte(s.id>>16), byte(s.id>>8), byte(s.id))
	l.pend = append(l.pend, p...)
	s.sendWin -= int64(n)
	l.sendWin -= int64(n)
	s.moved = l.now
	l.budget.data()
}
