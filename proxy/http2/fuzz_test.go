package http2

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"weir/proxy/exchange"
)

// FuzzFrames sends a client's frames, made of the input, to a Conn. It must not
// panic, leak or hold much; what it sends must be legal; and what it takes for
// a request must be one for x/net too.
func FuzzFrames(f *testing.F) {
	p := &peer{}
	request, tail := p.encode(get("foo", "bar", "te", "trailers")...), p.encode("x-sum", "1")
	body, bad := p.encode(post("content-length", "5")...), p.encode(get("connection", "close")...)
	seeds := [][]byte{
		frames(1, 5, 1, request),
		frames(1, 4, 1, body, 0, 1, 1, []byte("hello")),
		frames(1, 4, 1, body, 0, 0, 1, []byte("hel"), 0, 1, 1, []byte("lo!")),
		frames(1, 4, 1, body, 0, 8, 1, []byte("\x02hello\x00\x00"), 1, 5, 1, tail),
		frames(1, 1, 1, request[:9], 9, 4, 1, request[9:]),
		frames(1, 5, 1, bad, 1, 5, 3, request, 3, 0, 3, []byte{0, 0, 0, 8}),
		frames(4, 0, 0, []byte{0, 4, 0, 0, 0, 1}, 1, 5, 1, request, 8, 0, 1, []byte{0, 0, 0, 9}, 4, 0, 0, []byte{0, 4, 127, 255, 255, 255}),
		frames(6, 0, 0, []byte("12345678"), 2, 0, 5, []byte{0, 0, 0, 1, 9}, 7, 0, 0, make([]byte, 8), 0x10, 0, 0, []byte("\x00\x00\x00\x01u=1")),
		frames(1, 4, 1, p.encode(post()...), 0, 0, 1, []byte("cut")),
		frames(1, 4, 1, p.encode(connect...), 0, 0, 1, []byte("ws"), 0, 1, 1, nil),
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 4096 {
			t.Skip()
		}
		wire := append([]byte(Preface+"\x00\x00\x00\x04\x00\x00\x00\x00\x00"), unfold(in)...)
		w := &witness{}
		out := pipeThrough(t, w, wire)
		legal(t, out)
		agrees(t, wire[len(Preface):], w.take())
	})
}

// frames folds type, flags, stream and payload of each frame into fuzz input.
func frames(parts ...any) (in []byte) {
	for i := 0; i < len(parts); i += 4 {
		payload, _ := parts[i+3].([]byte)
		in = append(in, byte(parts[i].(int)), byte(parts[i+1].(int)), byte(parts[i+2].(int)), byte(len(payload)))
		in = append(in, payload...)
	}
	return in
}

// unfold is the inverse of frames, and makes whole frames of any bytes.
func unfold(in []byte) (wire []byte) {
	for len(in) >= 4 {
		n := min(int(in[3]), len(in)-4)
		wire = append(wire, 0, 0, byte(n), in[0], in[1], 0, 0, 0, in[2])
		wire = append(wire, in[4:4+n]...)
		in = in[4+n:]
	}
	return wire
}

// pipeThrough gives wire to a Conn and returns what it answers.
func pipeThrough(t *testing.T, h Handler, wire []byte) []byte {
	near, far := net.Pipe()
	server := &Server{Handler: h, Limits: testLimits()}
	c := server.NewConn(far, &exchange.Client{IP: []byte("192.0.2.1")}, nil)
	var running sync.WaitGroup
	var out bytes.Buffer
	running.Go(c.Serve)
	running.Go(func() { io.Copy(&out, near) })
	near.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if _, err := near.Write(wire); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the connection does not read: %v", err)
	}
	c.mu.Lock()
	if len(c.pend) > 1<<20 || len(c.streams) > MaxStreams || c.recvWin > clientWindow {
		t.Errorf("%d bytes pending, %d streams, window %d", len(c.pend), len(c.streams), c.recvWin)
	}
	c.mu.Unlock()
	near.Close()
	joined(t, "the connection", running.Wait)
	return out.Bytes()
}

// legal reads what a Conn sent as a strict client would.
func legal(t *testing.T, out []byte) {
	fr := http2.NewFramer(nil, bytes.NewReader(out))
	fr.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	ended := map[uint32]bool{}
	for {
		f, err := fr.ReadFrame()
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return
		}
		if err != nil {
			t.Fatalf("illegal frame sent: %v", err)
		}
		id := f.Header().StreamID
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			if ended[id] {
				t.Errorf("HEADERS after the end of stream %d", id)
			}
			ended[id] = f.StreamEnded()
		case *http2.DataFrame:
			if ended[id] {
				t.Errorf("DATA after the end of stream %d", id)
			}
			ended[id] = f.StreamEnded()
		}
	}
}

// agrees looks for every request that the handler got whole among those that
// x/net finds in the same bytes, to their END_STREAM.
func agrees(t *testing.T, wire []byte, requests []string) {
	fr := http2.NewFramer(nil, bytes.NewReader(wire))
	fr.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	found, begun := map[string]bool{}, map[uint32]string{}
	for {
		f, err := fr.ReadFrame()
		var ofStream http2.StreamError
		if err != nil && !errors.As(err, &ofStream) {
			break
		}
		if f == nil {
			continue
		}
		id, ended := f.Header().StreamID, f.Header().Flags.Has(http2.FlagDataEndStream)
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			method, path := f.PseudoValue("method"), f.PseudoValue("path")
			if method == "CONNECT" { // a tunnel needs no end
				method, ended = "GET", true
			}
			if begun[id] == "" {
				begun[id] = method + " " + path
			}
		case *http2.DataFrame:
		default:
			continue
		}
		if ended {
			found[begun[id]] = true
		}
	}
	for _, r := range requests {
		line, _, _ := strings.Cut(r, " |")
		method, rest, _ := strings.Cut(line, " ")
		if _, path, _ := strings.Cut(rest, " "); !found[method+" "+path] {
			t.Errorf("request %q is none for x/net", r)
		}
	}
}
