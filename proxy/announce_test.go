package proxy

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	oracle "github.com/pires/go-proxyproto"

	"weir/internal/testenv"
)

// told is a target that tells what the PROXY header says that each connection
// begins with, and the first byte behind it, and then echoes. With conf it speaks
// TLS behind the header.
func told(t *testing.T, conf *tls.Config) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				r := bufio.NewReader(c)
				h, err := oracle.Read(r)
				if err != nil {
					fmt.Fprintln(c, err)
					return
				}
				if conf != nil {
					c = tls.Server(buffered{c, r}, conf)
					r = bufio.NewReader(c)
				}
				first, _ := r.Peek(1)
				fmt.Fprintf(c, "v%d %v %v % x\n", h.Version, h.SourceAddr, h.DestinationAddr, first)
				io.Copy(c, r)
			})
		}
	})
	return l.Addr().String()
}

// buffered is a connection of which a reader has read already.
type buffered struct {
	net.Conn
	r *bufio.Reader
}

func (b buffered) Read(p []byte) (int, error) { return b.r.Read(p) }

// The target learns whose connection it is, before the first byte of it.
func TestProxyHeaderToTarget(t *testing.T) {
	to := told(t, nil)
	for version, option := range map[string]string{"v1": "true", "v2": "v2"} {
		for _, begin := range []string{"", header} {
			w := believing(t)
			w.route(fmt.Sprintf(`route add tcp {tcp} tcp://%s opts "pxyproto=%s"
route add pass pass.test/ tcp://%s opts "pxyproto=%s"`, to, option, to, option))
			for _, proto := range []string{"tcp", "tcp+sni", "https+tcp+sni"} {
				c := w.dial(proto)
				ends := fmt.Sprintf("%v %v", c.LocalAddr(), c.RemoteAddr())
				if begin != "" {
					ends = "192.0.2.7:4567 198.51.100.1:443"
				}
				c.Write(append([]byte(begin), hello(t, "pass.test")...))
				expectLine(t, c, fmt.Sprintf("%s %s 16", version, ends))
				c.Close()
			}
		}
	}
}

// So does the target of a connection whose TLS is ended, whether it speaks TLS or
// not.
func TestProxyHeaderToTargetOfEndedTLS(t *testing.T) {
	w := start(t, "", ends)
	for to, version := range map[string]string{
		"tcp://" + told(t, nil): "v2", "https://" + told(t, of(w.Listeners, "https").TLS): "v1",
	} {
		w.route(fmt.Sprintf(`route add tcp {tcp} %s opts "pxyproto=%s tlsskipverify=true"`, to, version))
		c := w.dialTLS()
		io.WriteString(c, "x")
		expectLine(t, c, fmt.Sprintf("%s %v %v 78", version, c.LocalAddr(), c.RemoteAddr()))
		c.Close()
	}
}

func TestProxyHeaderToTheNextTarget(t *testing.T) {
	to := told(t, nil)
	w := start(t, fmt.Sprintf(`route add a {tcp} tcp://%s opts "pxyproto=v2"
route add a {tcp} tcp://%s opts "pxyproto=true"`, testenv.RefusedAddr(t), to))
	for range 8 {
		c := w.dial("tcp")
		io.WriteString(c, "x")
		expectLine(t, c, fmt.Sprintf("v1 %v %v 78", c.LocalAddr(), c.RemoteAddr()))
		c.CloseWrite()
		if rest, err := io.ReadAll(c); err != nil {
			t.Errorf("got %q (%v)", rest, err)
		}
		if s := receive(t, w.sessions, "session"); s.BytesIn != 1 {
			t.Errorf("%d bytes came from the client, want 1", s.BytesIn)
		}
	}
}
