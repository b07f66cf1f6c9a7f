package http2

import (
	"io"
	"net"
	"testing"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// TestCutRequestIsNotWhole has a client close its connection, or its direction
// of it, in the middle of a body whose length it has not announced.
func TestCutRequestIsNotWhole(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		for name, end := range map[string]func(c net.Conn) error{
			"closed": net.Conn.Close,
			"half closed": func(c net.Conn) error {
				return c.(interface{ CloseWrite() error }).CloseWrite()
			},
		} {
			begun, read := make(chan struct{}, 1), make(chan error, 1)
			f := serve(t, handle(func(x *exchange.Exchange) bool {
				begun <- struct{}{}
				_, err := io.ReadAll(x.Body)
				read <- err
				return false
			}), secure)
			p := dialPeer(t, f)
			p.head(1, false, post()...)
			p.fr.WriteData(1, false, []byte("some"))
			next(t, begun) // a connection that is cut earlier may end without a request
			if err := end(p.c); err != nil {
				t.Fatal(err)
			}
			if err := next(t, read); err == nil {
				t.Errorf("%s: the body looks whole", name)
			}
		}
	})
}

// TestCutAnswerIsNotWhole has a target close its connection in the middle of
// an answer whose length it has not announced.
func TestCutAnswerIsNotWhole(t *testing.T) {
	c := chainTo(t, startScript(t, func(fr *http2.Framer, n int, id uint32) bool {
		fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: []byte{0x88}, EndHeaders: true})
		fr.WriteData(id, false, []byte("some"))
		return false
	}), false)
	p := dialPeer(t, c.front)
	p.head(1, true, get()...)
	if s := p.over(1); s.end || s.reset == nil || string(s.body) != "some" {
		t.Errorf("a cut answer looks whole: %+v", s)
	}
}
