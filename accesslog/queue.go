package accesslog

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	maxPending = 4 << 20               // bytes of lines that wait to be written
	pause      = 50 * time.Millisecond // after a write, in which lines gather for the next
	complain   = 10 * time.Second      // between two complaints about lost lines
)

// queue holds whole lines until they are written.
type queue struct {
	news chan struct{} // there is something to write
	full chan struct{} // there is a lot to write

	mu      sync.Mutex
	pending []byte
	dropped uint64
}

func newQueue() *queue { return &queue{news: make(chan struct{}, 1), full: make(chan struct{}, 1)} }

// add takes a copy of a line, or drops it where there is no room. It never waits
// for I/O.
func (q *queue) add(line []byte) {
	q.mu.Lock()
	before := len(q.pending)
	if before+len(line) > maxPending {
		q.dropped++
		q.mu.Unlock()
		return
	}
	q.pending = append(q.pending, line...)
	after := len(q.pending)
	q.mu.Unlock()
	switch {
	case before == 0:
		tell(q.news)
	case before < maxPending/2 && after >= maxPending/2:
		tell(q.full)
	}
}

// tell says that there is something, unless that was said and not heard yet.
func tell(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take returns the lines that wait; new ones gather in spare.
func (q *queue) take(spare []byte) []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines := q.pending
	q.pending = spare[:0]
	return lines
}

// lose counts lines that could not be written.
func (q *queue) lose(lines []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dropped += uint64(bytes.Count(lines, []byte{'\n'}))
}

func (q *queue) lost() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// writer writes what gathers in a queue.
type writer struct {
	queue  *queue
	output io.Writer
	log    *slog.Logger

	spare  []byte
	told   uint64 // of the lost lines
	toldAt time.Time
	failed error // of the writes since the last complaint
}

// run writes until ctx ends, and then the rest.
func (w *writer) run(ctx context.Context) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-w.queue.news:
		case <-ctx.Done():
		}
		w.flush()
		w.complain(time.Now())
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-w.queue.full:
		case <-ctx.Done():
		}
	}
	w.flush()
	w.toldAt = time.Time{}
	w.complain(time.Now())
}

// flush writes what waits.
func (w *writer) flush() {
	lines := w.queue.take(w.spare)
	w.spare = lines
	if len(lines) == 0 {
		return
	}
	if _, err := w.output.Write(lines); err != nil {
		w.failed = err
		w.queue.lose(lines)
	}
}

// complain says that lines were lost, now and then.
func (w *writer) complain(now time.Time) {
	lost := w.queue.lost()
	if lost == w.told || now.Sub(w.toldAt) < complain {
		return
	}
	w.log.Warn("access log lines dropped", "lines", lost-w.told, "error", w.failed)
	w.told, w.toldAt, w.failed = lost, now, nil
}
