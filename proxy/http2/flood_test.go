package http2

import (
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// bombBlock is small on the wire and 7.8 MB decoded: the first field enters the
// dynamic table, each further one is a byte.
func (p *peer) bombBlock(name string, head ...string) []byte {
	p.buf.Reset()
	for i := 0; i < len(head); i += 2 {
		p.enc.WriteField(hpack.HeaderField{Name: head[i], Value: head[i+1], Sensitive: true})
	}
	f := hpack.HeaderField{Name: name, Value: strings.Repeat("b", 3900)}
	for range 2000 {
		p.enc.WriteField(f)
	}
	return append([]byte(nil), p.buf.Bytes()...)
}

// floods are what a client may not go on with. Each is sent count times on one
// connection; most is how many requests may reach the handler meanwhile.
var floods = []struct {
	name        string
	count, most int
	open        int // streams with a body to come
	send        func(p *peer, i int) error
}{
	{"rapid reset", 4000, 300, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), true, get()...)
		return p.fr.WriteRSTStream(uint32(2*i+1), http2.ErrCodeCancel)
	}},
	{"made you reset", 4000, 300, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), true, get()...)
		return p.fr.WriteRawFrame(http2.FrameWindowUpdate, 0, uint32(2*i+1), []byte{0, 0, 0, 0})
	}},
	{"made you reset by a window overflow", 4000, 300, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), true, get()...)
		return p.fr.WriteRawFrame(http2.FrameWindowUpdate, 0, uint32(2*i+1), []byte{0x7f, 0xff, 0xff, 0xff})
	}},
	{"made you reset by data after the end", 4000, 300, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), true, get()...)
		return p.fr.WriteData(uint32(2*i+1), true, []byte("x"))
	}},
	{"made you reset by data beyond the length", 4000, 0, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), false, post("content-length", "1")...)
		return p.fr.WriteData(uint32(2*i+1), true, []byte("xx"))
	}},
	{"malformed requests", 4000, 0, 0, func(p *peer, i int) error { return p.head(uint32(2*i+1), true, get("connection", "close")...) }},
	{"continuation", 1000, 0, 0, func(p *peer, i int) error {
		if i == 0 {
			return p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.block(get()...)})
		}
		return p.fr.WriteContinuation(1, false, p.block("x", strings.Repeat("a", 16000)))
	}},
	{"empty continuation", 50000, 0, 0, func(p *peer, i int) error {
		if i == 0 {
			return p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.block(get()...)})
		}
		return p.fr.WriteContinuation(1, false, nil)
	}},
	{"settings", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WriteSettings() }},
	{"settings acks", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WriteSettingsAck() }},
	{"ping", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WritePing(false, [8]byte{}) }},
	{"ping acks", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WritePing(true, [8]byte{}) }},
	{"priority", 50000, 0, 0, func(p *peer, i int) error {
		return p.fr.WritePriority(uint32(2*i+1), http2.PriorityParam{Weight: 3})
	}},
	{"headers with priority, reset", 4000, 300, 0, func(p *peer, i int) error {
		p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: p.block(get()...), EndHeaders: true,
			EndStream: true, Priority: http2.PriorityParam{StreamDep: uint32(2*i + 3), Weight: 9}})
		return p.fr.WriteRSTStream(uint32(2*i+1), http2.ErrCodeCancel)
	}},
	{"padding", 50000, 1, 1, func(p *peer, i int) error { return p.fr.WriteDataPadded(1, false, nil, make([]byte, 1)) }},
	{"unknown frames", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WriteRawFrame(0xbe, 0, 1, nil) }},
	{"window updates", 50000, 0, 0, func(p *peer, i int) error { return p.fr.WriteWindowUpdate(0, 1) }},
	{"empty data", 50000, 1, 1, func(p *peer, i int) error { return p.fr.WriteData(1, false, nil) }},
	{"resets of ended streams", 50000, 1, 0, func(p *peer, i int) error {
		if i == 0 {
			return p.head(1, true, get()...)
		}
		return p.fr.WriteRSTStream(1, http2.ErrCodeCancel)
	}},
	{"initial window", 20000, 0, 90, func(p *peer, i int) error {
		return p.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: uint32(65535 - i%2)})
	}},
	{"table size", 6000, 6000, 0, func(p *peer, i int) error {
		p.fr.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: uint32(i%2) * 4096})
		return p.head(uint32(2*i+1), true, get()...)
	}},
	{"header bomb", 20, 0, 0, func(p *peer, i int) error { return p.bomb(i, "x-bomb", get()...) }},
	{"cookie bomb", 20, 0, 0, func(p *peer, i int) error { return p.bomb(i, "cookie", get()...) }},
	{"trailer bomb", 20, 20, 0, func(p *peer, i int) error {
		p.head(uint32(2*i+1), false, post()...)
		return p.bomb(i, "x-bomb")
	}},
}

func (p *peer) bomb(i int, name string, head ...string) error {
	return p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: p.bombBlock(name, head...), EndHeaders: true, EndStream: true})
}

func TestFloodsEndTheConnection(t *testing.T) {
	for _, tt := range floods {
		t.Run(tt.name, func(t *testing.T) {
			w := &witness{}
			p := dialPeer(t, serve(t, w, true))
			for i := range tt.open {
				p.head(uint32(2*i+1), false, post()...)
			}
			for i := 0; i < tt.count && !p.isClosed(); i++ {
				if tt.send(p, i) != nil {
					break
				}
			}
			if code := p.ended(); code != http2.ErrCodeEnhanceYourCalm {
				t.Errorf("the connection ended with %v, want ENHANCE_YOUR_CALM", code)
			}
			if n := len(w.take()); n > tt.most {
				t.Errorf("%d requests reached the handler, at most %d may", n, tt.most)
			}
		})
	}
}
