package conformance

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// flood is what a client sends again and again on one connection, though no
// honest client does.
type flood struct {
	name  string
	times int
	begin func(p *h2peer)
	step  func(p *h2peer, i int) error
}

var (
	get  = []string{":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a.test"}
	post = []string{":method", "POST", ":scheme", "https", ":path", "/", ":authority", "a.test"}
)

func floods() []flood {
	stream := func(i int) uint32 { return uint32(2*i + 1) }
	openOne := func(p *h2peer) { p.head(1, false, post...) }
	unended := func(p *h2peer) {
		p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.encode(get...)})
	}
	setting := func(p *h2peer, id http2.SettingID, value int) error {
		return p.WriteSettings(http2.Setting{ID: id, Val: uint32(value)})
	}
	junk := []string{"x", strings.Repeat("a", 16000)}
	return []flood{
		{"rapid reset (CVE-2023-44487)", 4000, nil, func(p *h2peer, i int) error {
			p.head(stream(i), true, get...)
			return p.WriteRSTStream(stream(i), http2.ErrCodeCancel)
		}},
		{"made you reset (CVE-2025-8671)", 4000, nil, func(p *h2peer, i int) error {
			p.head(stream(i), true, get...)
			return p.WriteRawFrame(http2.FrameWindowUpdate, 0, stream(i), []byte{0, 0, 0, 0})
		}},
		{"continuation", 1000, unended, func(p *h2peer, i int) error { return p.WriteContinuation(1, false, p.encode(junk...)) }},
		{"empty continuation", 50000, unended, func(p *h2peer, i int) error { return p.WriteContinuation(1, false, nil) }},
		{"settings", 50000, nil, func(p *h2peer, i int) error { return setting(p, http2.SettingInitialWindowSize, 65535) }},
		{"ping", 50000, nil, func(p *h2peer, i int) error { return p.WritePing(false, [8]byte{}) }},
		{"empty data", 50000, openOne, func(p *h2peer, i int) error { return p.WriteData(1, false, nil) }},
		{"header bomb", 20, nil, func(p *h2peer, i int) error { return p.bomb(stream(i), get, "x-bomb") }},
		{"cookie bomb (CVE-2026-47774)", 20, nil, func(p *h2peer, i int) error { return p.bomb(stream(i), get, "cookie") }},
		{"trailer bomb (CVE-2026-78659)", 20, nil, func(p *h2peer, i int) error {
			p.head(stream(i), false, append(post, "trailer", "x-bomb")...)
			return p.bomb(stream(i), nil, "x-bomb")
		}},
		{"window changes (CVE-2026-78669)", 20000, func(p *h2peer) {
			for i := range 90 {
				p.head(stream(i), false, post...)
			}
		}, func(p *h2peer, i int) error { return setting(p, http2.SettingInitialWindowSize, 65535-i%2) }},
		{"table size (CVE-2026-97032)", 6000, nil, func(p *h2peer, i int) error {
			setting(p, http2.SettingHeaderTableSize, i%2*4096)
			return p.head(stream(i), true, get...)
		}},
	}
}

// bomb sends a field list that is 6 kB on the wire and 7.8 MB decoded: the
// field goes into the table once, every further one is a byte.
func (p *h2peer) bomb(id uint32, head []string, name string) error {
	block := p.encode(head...)
	p.block.Reset()
	for range 2000 {
		p.fields.WriteField(hpack.HeaderField{Name: name, Value: strings.Repeat("b", 3900)})
	}
	block = append(block, p.block.Bytes()...)
	return p.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block, EndHeaders: true, EndStream: true})
}

// TestFloods: the proxy ends the connection, serves the others, and spares the
// target.
func TestFloods(t *testing.T) {
	t.Parallel()
	l := newLab(t, "https")
	for _, f := range floods() {
		t.Run(f.name, func(t *testing.T) {
			l.reset()
			p := dialH2(t, l.addr)
			if f.begin != nil {
				f.begin(p)
			}
			sent := 0
			for sent < f.times && !p.over() && f.step(p, sent) == nil {
				sent++
			}
			if !p.wait(4*time.Second, func() bool { return p.closed || p.goAway }) {
				t.Errorf("the connection lived through all %d", sent)
			}
			p.close()
			l.alive(t)
			got := l.got()
			if len(got.faults) > 0 || len(got.raw) > 2<<20 {
				t.Errorf("the target got %d bytes in %d requests: %q", len(got.raw), len(got.messages), got.faults)
			}
		})
	}
}
