package http1

import (
	"sync/atomic"
	"time"
)

// What a client connection is doing, for its time limits.
const (
	phaseIdle     = 1 + iota // between requests
	phaseHead                // a head has begun
	phaseExchange            // a request is being answered
	phaseTunnel              // after an upgrade; starts again with every byte
	phaseRead                // waiting for bytes of a body
	phaseWrite               // waiting for the client to take bytes
	phaseBits     = 3
)

// phase notices how long something lasts without reading a clock: the owner
// notes what begins, a tick notes when it saw that first.
type phase struct {
	word  atomic.Uint64 // count<<phaseBits | phase
	seen  uint64        // of the ticking side
	since time.Time
	ticks int    // since the phase was seen first
	moved uint64 // at the last call of progress
}

// start begins a phase; 0 is none. Only the owner's goroutines call it.
func (p *phase) start(what uint64) {
	p.word.Store((p.word.Load()>>phaseBits+1)<<phaseBits | what)
}

// again begins the same phase once more. Many goroutines may call it.
func (p *phase) again() { p.word.Add(1 << phaseBits) }

// is reports whether what was started last is what.
func (p *phase) is(what uint64) bool { return p.word.Load()&(1<<phaseBits-1) == what }

// tick returns the present phase and for how long at least it has lasted.
func (p *phase) tick(now time.Time) (what uint64, lasts time.Duration) {
	if word := p.word.Load(); word != p.seen {
		p.seen, p.since, p.ticks = word, now, 0
	} else {
		p.ticks++
	}
	return p.seen & (1<<phaseBits - 1), now.Sub(p.since)
}

// progress returns for how long at least the phase has lasted since moved, a
// count of bytes, was another one.
func (p *phase) progress(now time.Time, moved uint64) time.Duration {
	if p.moved != moved {
		p.moved, p.since = moved, now
	}
	return now.Sub(p.since)
}
