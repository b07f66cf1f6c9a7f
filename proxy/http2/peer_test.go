package http2

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"weir/internal/testenv"
)

// peer is a client that may send any frame and remembers what came back.
type peer struct {
	testing.TB
	c   net.Conn
	fr  *http2.Framer
	enc *hpack.Encoder
	buf bytes.Buffer

	mu      sync.Mutex
	seen    map[uint32]*seen
	goaway  *http2.ErrCode
	goaways int
	pongs   int
	closed  bool
}

// seen is what came on one stream.
type seen struct {
	status []int
	fields map[string]string
	body   []byte
	end    bool
	reset  *http2.ErrCode
}

func dialPeer(t testing.TB, f *front, settings ...http2.Setting) *peer {
	t.Helper()
	c, err := net.Dial("tcp", f.addr)
	if err == nil && f.conf != nil {
		c = tls.Client(c, f.conf)
	}
	if err != nil {
		t.Fatal(err)
	}
	return newPeer(t, c, settings...)
}

func newPeer(t testing.TB, c net.Conn, settings ...http2.Setting) *peer {
	p := &peer{TB: t, c: c, seen: map[uint32]*seen{}}
	p.enc = hpack.NewEncoder(&p.buf)
	p.fr = http2.NewFramer(c, nil)
	p.fr.AllowIllegalWrites = true
	c.SetDeadline(time.Now().Add(lifetime))
	var running sync.WaitGroup
	running.Go(p.read)
	t.Cleanup(func() { c.Close(); joined(t, "the client", running.Wait) })
	if _, err := c.Write([]byte(Preface)); err != nil {
		t.Fatal(err)
	}
	p.fr.WriteSettings(settings...)
	return p
}

func (p *peer) read() {
	fr := http2.NewFramer(nil, p.c)
	fr.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for {
		f, err := fr.ReadFrame()
		var ofStream http2.StreamError
		if err != nil && !errors.As(err, &ofStream) {
			p.mu.Lock()
			p.closed = true
			p.mu.Unlock()
			return
		}
		p.note(f)
	}
}

func (p *peer) note(f http2.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f == nil {
		return
	}
	s := p.stream(f.Header().StreamID)
	switch f := f.(type) {
	case *http2.MetaHeadersFrame:
		if v := f.PseudoValue("status"); v != "" {
			status, _ := strconv.Atoi(v)
			s.status = append(s.status, status)
		}
		for _, h := range f.RegularFields() {
			s.fields[h.Name] = h.Value
		}
		s.end = s.end || f.StreamEnded()
	case *http2.DataFrame:
		s.body = append(s.body, f.Data()...)
		s.end = s.end || f.StreamEnded()
	case *http2.RSTStreamFrame:
		code := f.ErrCode
		s.reset = &code
	case *http2.GoAwayFrame:
		code := f.ErrCode
		p.goaway = &code
		p.goaways++
	case *http2.PingFrame:
		p.pongs++
	}
}

func (p *peer) stream(id uint32) *seen {
	if p.seen[id] == nil {
		p.seen[id] = &seen{fields: map[string]string{}}
	}
	return p.seen[id]
}

// until waits for what ok looks for on a stream.
func (p *peer) until(id uint32, what string, ok func(*seen) bool) seen {
	p.Helper()
	var now seen
	testenv.Eventually(p, patience, func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		if now = *p.stream(id); ok(&now) {
			return nil
		}
		return errors.New("no " + what + " on stream " + strconv.Itoa(int(id)))
	})
	return now
}

// over waits until the stream has an answer, is reset, or the connection is.
func (p *peer) over(id uint32) seen {
	p.Helper()
	return p.until(id, "end", func(s *seen) bool { return s.end || s.reset != nil || p.goaway != nil || p.closed })
}

// ended waits for the end of the connection and returns the GOAWAY's code.
func (p *peer) ended() http2.ErrCode {
	p.Helper()
	testenv.Eventually(p, patience, func() error {
		if !p.isClosed() {
			return errors.New("the connection lives on")
		}
		return nil
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.goaway == nil {
		return 1 << 31
	}
	return *p.goaway
}

func (p *peer) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// block encodes names and values as they are.
func (p *peer) block(kv ...string) []byte {
	p.buf.Reset()
	for i := 0; i+1 < len(kv); i += 2 {
		p.enc.WriteField(hpack.HeaderField{Name: kv[i], Value: kv[i+1], Sensitive: true})
	}
	return bytes.Clone(p.buf.Bytes())
}

// head sends a whole header block.
func (p *peer) head(id uint32, end bool, kv ...string) error {
	b := p.block(kv...)
	first := b[:min(len(b), 1<<14)]
	err := p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: first, EndHeaders: len(first) == len(b), EndStream: end})
	for b = b[len(first):]; len(b) > 0 && err == nil; b = b[len(first):] {
		first = b[:min(len(b), 1<<14)]
		err = p.fr.WriteContinuation(id, len(first) == len(b), first)
	}
	return err
}

func get(more ...string) []string {
	return append([]string{":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a.test"}, more...)
}

func post(more ...string) []string {
	return append([]string{":method", "POST", ":scheme", "https", ":path", "/", ":authority", "a.test"}, more...)
}
