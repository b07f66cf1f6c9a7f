package proxy

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// pieces is a client's connection that cuts what it writes up to a size: into
// writes, or into TLS records.
type pieces struct {
	net.Conn
	size    int
	records bool
}

func (p pieces) Write(b []byte) (n int, err error) {
	if !p.records {
		for ; n < len(b) && err == nil; n += min(p.size, len(b)-n) {
			_, err = p.Conn.Write(b[n:min(n+p.size, len(b))])
		}
		return n, err
	}
	for rest := b; len(rest) > 5 && err == nil; { // whole records
		end := 5 + int(rest[3])<<8 + int(rest[4])
		head, body := rest[:3], rest[5:end]
		if head[0] != 22 {
			_, err = p.Conn.Write(rest[:end])
		} else {
			for ; len(body) > 0 && err == nil; body = body[min(p.size, len(body)):] {
				piece := body[:min(p.size, len(body))]
				_, err = p.Conn.Write(append([]byte{head[0], head[1], head[2], byte(len(piece) >> 8), byte(len(piece))}, piece...))
			}
		}
		rest = rest[end:]
	}
	return len(b), err
}

// A name that is passed through never sees our certificate, however large its
// ClientHello is and however it is cut.
func TestPassedThroughWhateverTheHello(t *testing.T) {
	secure := testenv.TLSBackend(t, "secure", "pass.test")
	w := start(t, "route add secure pass.test/ tcp://"+secure.Addr)
	for _, size := range []int{0, 5 << 10, 17 << 10, 50 << 10} {
		conf := &tls.Config{RootCAs: secure.Roots, ServerName: "pass.test"}
		for n := range size / 250 {
			conf.NextProtos = append(conf.NextProtos, fmt.Sprintf("%04d%s", n, strings.Repeat("x", 245)))
		}
		conf.NextProtos = append(conf.NextProtos, "http/1.1")
		for _, cut := range []pieces{{size: 1 << 20}, {size: 7}, {size: 100, records: true}, {size: 3000, records: true}} {
			for _, proto := range []string{"tcp+sni", "https+tcp+sni"} {
				cut.Conn = w.dial(proto)
				c := tls.Client(cut, conf)
				if err := c.Handshake(); err != nil {
					t.Errorf("%s, %d bytes more, pieces of %d (records: %v): %v", proto, size, cut.size, cut.records, err)
				}
				c.Close()
			}
		}
	}
}

// Names are matched like hosts: a pattern, and one for all that have none of
// their own. Who names nobody has no route.
func TestNamesByPattern(t *testing.T) {
	below, rest := testenv.TLSBackend(t, "below", "a.below.test"), testenv.TLSBackend(t, "rest", "other.test")
	web := testenv.HTTPBackend(t, "web")
	w := start(t, fmt.Sprintf(`route add web own.test/ http://%s
route add below *.below.test/ tcp://%s
route add rest */ tcp://%s`, web.Addr, below.Addr, rest.Addr))
	for _, proto := range []string{"tcp+sni", "https+tcp+sni"} {
		expectBody(t, w.client(proto, below.Roots, h1), "https://a.below.test/", "HTTP/1.1 below")
		expectBody(t, w.client(proto, rest.Roots, h1), "https://other.test/", "HTTP/1.1 rest")
	}
	expectBody(t, w.client("https+tcp+sni", w.roots, h1), "https://own.test/", "HTTP/1.1 web")
	w.route(fmt.Sprintf("route add web path.test/only http://%s\nroute add rest */ tcp://%s", web.Addr, rest.Addr))
	for proto, want := range map[string]string{"https+tcp+sni": "own.test", "tcp+sni": "other.test"} {
		secure := tls.Client(w.dial(proto), &tls.Config{ServerName: "path.test", InsecureSkipVerify: true})
		if err := secure.Handshake(); err != nil || secure.ConnectionState().PeerCertificates[0].DNSNames[0] != want {
			t.Errorf("%s: the handshake ends with %v, and not with the certificate of %s", proto, err, want)
		}
		secure.Close()
	}
	c := w.dial("tcp+sni")
	c.Write(hello(t, ""))
	if got, _ := io.ReadAll(c); len(got) > 0 {
		t.Errorf("a client that names nobody got %q", got)
	}
}
