package admin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Bounds of the event stream.
const (
	maxStreams = 100     // that are open at a time
	maxEvents  = 256     // that are kept for who comes again
	maxBuffer  = 4 << 20 // bytes of these
	maxBehind  = 32      // events that a client may be behind
)

// frame is one event as it goes over the wire.
type frame struct {
	number uint64 // 0: it is of the moment, and not sent again
	kind   string
	text   []byte
}

// subscriber is one open stream.
type subscriber struct {
	only   []string      // kinds; empty: all
	frames chan frame    // never closed
	cut    chan struct{} // closed when the client does not read fast enough
}

// hub gives events to all streams. Each event is made once, whoever listens. It
// is safe for concurrent use.
type hub struct {
	run  string        // tells the events of this run from those of another
	wake chan struct{} // gets a value when somebody comes
	done chan struct{} // closed when no events come any more

	mu     sync.Mutex
	last   uint64
	kept   []frame
	size   int // bytes of kept
	open   map[*subscriber]bool
	closed bool
}

func newHub() *hub {
	return &hub{
		run: rand.Text()[:8], wake: make(chan struct{}, 1), done: make(chan struct{}),
		open: map[*subscriber]bool{},
	}
}

// publish sends an event to all streams. One that is kept is sent again to who
// has missed it.
func (h *hub) publish(kind string, data any, keep bool) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	f := frame{kind: kind}
	var b bytes.Buffer
	if keep {
		h.last++
		f.number = h.last
		fmt.Fprintf(&b, "id: %s-%d\n", h.run, f.number)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", kind, text)
	f.text = b.Bytes()
	if keep {
		h.keep(f)
	}
	for s := range h.open {
		h.send(s, f)
	}
	return nil
}

// keep remembers a frame and forgets the oldest.
func (h *hub) keep(f frame) {
	h.kept, h.size = append(h.kept, f), h.size+len(f.text)
	for len(h.kept) > maxEvents || h.size > maxBuffer && len(h.kept) > 1 {
		h.size -= len(h.kept[0].text)
		h.kept[0] = frame{}
		h.kept = h.kept[1:]
	}
}

// send gives f to one stream. Who is too far behind is cut off if it would miss
// something that it has to know; it comes again and is told.
func (h *hub) send(s *subscriber, f frame) {
	if len(s.only) > 0 && !slices.Contains(s.only, f.kind) {
		return
	}
	select {
	case s.frames <- f:
	default:
		if f.number > 0 {
			close(s.cut)
			delete(h.open, s)
		}
	}
}

// join opens a stream for a client that got the event with the ID last before.
// missed are those since then; resumed says that they are all.
func (h *hub) join(last string, only []string) (s *subscriber, missed []frame, resumed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.open) >= maxStreams {
		return nil, nil, false
	}
	s = &subscriber{only: only, frames: make(chan frame, maxBehind), cut: make(chan struct{})}
	h.open[s] = true
	select {
	case h.wake <- struct{}{}:
	default:
	}
	run, number, _ := strings.Cut(last, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || run != h.run || n > h.last || n < h.last && (len(h.kept) == 0 || h.kept[0].number > n+1) {
		return s, nil, false
	}
	for _, f := range h.kept {
		if f.number > n && (len(only) == 0 || slices.Contains(only, f.kind)) {
			missed = append(missed, f)
		}
	}
	return s, missed, true
}

func (h *hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, s)
}

func (h *hub) streams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

// sleep forgets all events if nobody listens: what happens from now on is not
// noted, so that IDs from before must be unknown. It reports whether that is so.
func (h *hub) sleep() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.open) > 0 {
		return false
	}
	h.run, h.kept, h.size = rand.Text()[:8], nil, 0
	return true
}

// close ends all streams.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	close(h.done)
}

// awaits waits until somebody listens, and reports whether that is so.
func (h *hub) awaits(ctx context.Context) bool {
	for h.streams() == 0 {
		select {
		case <-h.wake:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
