package http2

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"weir/proxy/exchange"
)

const (
	streamWindow = 64 << 10 // that we grant, in bytes
	clientWindow = 1 << 20  // of a client's connection
	targetWindow = maxCalls * streamWindow
	specWindow   = 1<<16 - 1 // what holds until SETTINGS say otherwise
	maxWindow    = 1<<31 - 1

	maxCutOff = 256
	maxEnded  = 32
)

// errEnded is the fate of streams whose connection ended in order.
var errEnded = errors.New("the connection has ended")

// owner is what differs between the two ends of a link. Its methods are called
// with mu held, by the reading goroutine.
type owner interface {
	// begun reports whether the stream has ever been opened.
	begun(id uint32) bool
	// opened takes a header block on a stream that is not open.
	opened(b *block) error
	// goneAway takes the peer's word that it handles no stream above last.
	goneAway(last uint32)
	// ponged takes the answer to a ping.
	ponged()
	// settled is called when all that was received has been handled.
	settled()
}

// link is one connection: framing, header blocks, flow control and the open
// streams, the same for a client's connection and one to a target.
type link struct {
	nc      net.Conn // carries the frames
	raw     net.Conn // below TLS; the same as nc without
	owner   owner
	limits  exchange.Limits
	buffers *buffers

	// Only the reading goroutine uses these.
	rd      reader
	dec     *hpack.Decoder
	block   block
	greeted bool // the peer's SETTINGS came

	fr *http2.Framer // reads for the reading goroutine, writes to pend under mu

	mu      sync.Mutex         // never held while waiting for the network
	streams map[uint32]*stream // open in the sense of RFC 9113 section 5.1
	cutOff  recent             // streams that we reset before the peer was done: frames may still come
	ended   recent             // streams that ended otherwise
	budget  budget
	err     error     // why the connection is over
	space   sync.Cond // room in pend or in sendWin; an end; L is mu
	enc     *encoder
	peer    settings
	sendWin int64 // what we may send
	window  int64 // what we let the peer send at most
	recvWin int64 // what is left of it
	unpaid  int64 // received and consumed, not yet given back

	pend     []byte // frames to write
	spare    []byte // the buffer of the last write
	gen      uint64 // counts the buffers written: offsets in pend hold for one
	flushing bool   // a goroutine is writing
	helpers  sync.WaitGroup

	// Coarse time, as the last tick told.
	now        time.Time
	born       time.Time
	heard      time.Time // the last frame; zero before the first
	flushSince time.Time // the current write
	blockSince time.Time // the beginning of an unfinished header block; zero when there is none
	pinged     time.Time // the ping that is not answered yet; zero when there is none
}

// open prepares l, whose limits and window are set. read is what was read from nc already.
func (l *link) open(nc net.Conn, o owner, b *buffers, read []byte) {
	l.nc, l.raw, l.owner, l.buffers = nc, nc, o, b
	if t, ok := nc.(*tls.Conn); ok {
		l.raw = t.NetConn()
	}
	l.rd = reader{nc: nc, buffers: b}
	l.rd.seed(read)
	l.fr = http2.NewFramer((*pending)(l), &l.rd)
	l.fr.SetReuseFrames()
	l.fr.SetMaxReadFrameSize(1 << 14)
	l.dec = hpack.NewDecoder(4096, l.emit)
	l.dec.SetMaxStringLength(2 * l.limits.HeaderBytes)
	l.enc = newEncoder()
	l.streams = make(map[uint32]*stream)
	l.space.L = &l.mu
	l.budget = newBudget()
	l.peer = defaultSettings()
	l.sendWin, l.recvWin = specWindow, l.window
	l.now = time.Now()
	l.born = l.now
}

// greet sends our SETTINGS and widens the connection's window.
func (l *link) greet(s ...http2.Setting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fr.WriteSettings(s...)
	l.fr.WriteWindowUpdate(0, uint32(l.window-specWindow))
	l.kick()
}

// fail cuts the connection.
func (l *link) fail(err error) {
	if l.err == nil {
		l.over(err)
		l.raw.Close()
	}
}

// over ends all streams. Nothing is encoded any more after it. That the peer
// has closed the connection is the end of no message.
func (l *link) over(err error) {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	l.err = err
	for _, s := range l.streams {
		l.drop(s, err)
	}
	l.space.Broadcast()
}

// reset ends a stream from our side.
func (l *link) reset(s *stream, code http2.ErrCode, why error) {
	if !s.open {
		return
	}
	if l.err == nil {
		l.fr.WriteRSTStream(s.id, code)
	}
	if s.recvEnd {
		l.ended.add(s.id, maxEnded)
	} else {
		l.cutOff.add(s.id, maxCutOff)
	}
	l.drop(s, why)
}

// drop ends a stream before its time.
func (l *link) drop(s *stream, why error) {
	l.remove(s)
	s.err = why
	s.cond.Broadcast()
	l.space.Broadcast()
	s.host.dropped()
}

func (l *link) remove(s *stream) {
	delete(l.streams, s.id)
	s.open = false
}

// recent remembers the last streams that were put in, up to max.
type recent struct {
	ids []uint32
	at  int
}

func (r *recent) add(id uint32, max int) {
	if len(r.ids) < max {
		r.ids = append(r.ids, id)
		return
	}
	r.ids[r.at] = id
	r.at = (r.at + 1) % max
}

func (r *recent) has(id uint32) bool { return slices.Contains(r.ids, id) }
