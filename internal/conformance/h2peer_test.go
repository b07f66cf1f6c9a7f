package conformance

import (
	"bytes"
	"crypto/tls"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2peer is a client that may send any frame, right or wrong.
type h2peer struct {
	*http2.Framer
	conn   *tls.Conn
	block  bytes.Buffer
	fields *hpack.Encoder

	mu      sync.Mutex
	news    chan struct{} // closed and replaced when what is below changes
	ready   bool          // the proxy's SETTINGS came
	status  map[uint32]int
	reset   map[uint32]bool
	goAway  bool
	closed  bool
	reading sync.WaitGroup
}

func dialH2(t *testing.T, addr string) *h2peer {
	t.Helper()
	raw, err := dial(addr)
	if err != nil {
		t.Fatalf("the proxy is gone: %v", err)
	}
	conn := tls.Client(raw, &tls.Config{ServerName: "a.test", InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	p := &h2peer{Framer: http2.NewFramer(conn, nil), conn: conn, news: make(chan struct{}), status: map[uint32]int{}, reset: map[uint32]bool{}}
	t.Cleanup(p.close)
	if err := conn.Handshake(); err != nil || conn.ConnectionState().NegotiatedProtocol != "h2" {
		t.Fatalf("no HTTP/2: %v", err)
	}
	p.AllowIllegalWrites = true
	p.fields = hpack.NewEncoder(&p.block)
	conn.Write([]byte(http2.ClientPreface))
	p.WriteSettings()
	p.WriteWindowUpdate(0, 1<<20)
	p.reading.Go(p.read)
	if !p.wait(within, func() bool { return p.ready }) {
		t.Fatal("the proxy sends no SETTINGS")
	}
	return p
}

func (p *h2peer) close() {
	p.conn.Close()
	p.reading.Wait()
}

func (p *h2peer) read() {
	in := http2.NewFramer(nil, p.conn)
	in.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for {
		frame, err := in.ReadFrame()
		ofStream := http2.StreamError{}
		p.mu.Lock()
		p.closed = err != nil && !errors.As(err, &ofStream)
		p.note(frame)
		close(p.news)
		p.news = make(chan struct{})
		closed := p.closed
		p.mu.Unlock()
		if closed {
			return
		}
	}
}

func (p *h2peer) note(frame http2.Frame) {
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		p.ready = true
	case *http2.MetaHeadersFrame:
		if n, err := strconv.Atoi(f.PseudoValue("status")); err == nil && n >= 200 {
			p.status[f.StreamID] = n
		}
	case *http2.RSTStreamFrame:
		p.reset[f.StreamID] = true
	case *http2.GoAwayFrame:
		p.goAway = true
	}
}

// wait waits until cond holds and reports whether it does in time.
func (p *h2peer) wait(limit time.Duration, cond func() bool) bool {
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		p.mu.Lock()
		holds, news := cond(), p.news
		p.mu.Unlock()
		if holds {
			return true
		}
		select {
		case <-news:
		case <-end.C:
			return false
		}
	}
}

// over reports whether the proxy has given the connection up.
func (p *h2peer) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed || p.goAway
}

// encode makes a header block of names and values as they are.
func (p *h2peer) encode(list ...string) []byte {
	p.block.Reset()
	for i := 0; i+1 < len(list); i += 2 {
		p.fields.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1], Sensitive: true})
	}
	return bytes.Clone(p.block.Bytes())
}

// head opens a stream with a header list.
func (p *h2peer) head(id uint32, end bool, list ...string) error {
	return p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: p.encode(list...), EndHeaders: true, EndStream: end})
}
