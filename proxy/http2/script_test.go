package http2

import (
	"io"
	"net"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
)

// script is a target that treats the streams of each of its connections by
// hand: what it does with a stream is told by the number of the connection.
type script func(fr *http2.Framer, conn int, id uint32) (goOn bool)

func startScript(t *testing.T, do script) target {
	t.Helper()
	return startFrames(t, func(fr *http2.Framer, n int, f http2.Frame) bool {
		h, ok := f.(*http2.HeadersFrame)
		return !ok || do(fr, n, h.StreamID)
	})
}

// startFrames runs a target that is told of every frame; it ends the connection
// when do reports false.
func startFrames(t *testing.T, do func(fr *http2.Framer, conn int, f http2.Frame) (goOn bool)) target {
	t.Helper()
	var conns atomic.Int32
	return target{url: "h2c://" + listen(t, func(c net.Conn) { serveFrames(c, int(conns.Add(1)), do) })}
}

func serveFrames(c net.Conn, n int, do func(*http2.Framer, int, http2.Frame) bool) {
	if _, err := io.ReadFull(c, make([]byte, len(Preface))); err != nil {
		return
	}
	fr := http2.NewFramer(c, c)
	fr.WriteSettings()
	for {
		f, err := fr.ReadFrame()
		if err != nil || !do(fr, n, f) {
			return
		}
	}
}

// ok answers 200; 0x88 is ":status: 200" (RFC 7541 appendix A).
func ok(fr *http2.Framer, id uint32) bool {
	fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: []byte{0x88}, EndHeaders: true, EndStream: true})
	return true
}
