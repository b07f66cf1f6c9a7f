package tcp

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Poller runs connections. One serves all listeners of a proxy.
type Poller struct {
	loops []*loop
	turn  atomic.Uint32

	buffers sync.Pool // of *[bufferBytes]byte
	holders sync.Pool // of *[holderBytes]byte
	pipes   pipes
	lookups sync.WaitGroup
}

const (
	// bufferBytes is the size of the buffers that bytes pass through.
	bufferBytes = 16 << 10
	// holderBytes is the size of those that hold a ClientHello, or the like,
	// unless it needs more.
	holderBytes = 4 << 10
)

// NewPoller makes a poller. Its owner calls Run, and Close when no connection
// is left.
func NewPoller() (*Poller, error) {
	p := &Poller{}
	// Half of the processors are busy with what the other half wakes up.
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		l, err := newLoop()
		if err != nil {
			p.Close()
			return nil, fmt.Errorf("poller: %w", err)
		}
		p.loops = append(p.loops, l)
	}
	return p, nil
}

// Run drives the connections until Close.
func (p *Poller) Run() {
	var running sync.WaitGroup
	for _, l := range p.loops {
		running.Go(l.run)
	}
	running.Wait()
	p.lookups.Wait()
	p.pipes.close()
}

// Close ends Run. Connections that are still open are not driven any more.
func (p *Poller) Close() {
	for _, l := range p.loops {
		l.file.Close()
	}
}

// loop is the one that a new connection goes to.
func (p *Poller) loop() *loop {
	return p.loops[int(p.turn.Add(1))%len(p.loops)]
}

func (p *Poller) buffer() *[bufferBytes]byte {
	if b, ok := p.buffers.Get().(*[bufferBytes]byte); ok {
		return b
	}
	return new([bufferBytes]byte)
}

func (p *Poller) holder() *[holderBytes]byte {
	if b, ok := p.holders.Get().(*[holderBytes]byte); ok {
		return b
	}
	return new([holderBytes]byte)
}

// give takes a buffer back.
func (p *Poller) give(b *[bufferBytes]byte) { p.buffers.Put(b) }
