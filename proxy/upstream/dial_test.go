package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"
)

func TestTLSToTargets(t *testing.T) {
	peer := listen(t, true)
	for _, c := range []struct {
		name, opts, host string
		trusted          bool
		asks             string // "" when the connection must fail
	}{
		{"verified", "", "a.test", true, "a.test"},
		{"without port", "", "a.test:8443", true, "a.test"},
		{"by address", "", "127.0.0.1", true, "-"}, // addresses are not asked for (RFC 6066)
		{"nobody asked", "", "", true, "-"},
		{"name set", "host=b.test", "x.test", true, "b.test"},
		{"another name", "", "x.test", true, ""},
		{"another name set", "host=x.test", "a.test", true, ""},
		{"not trusted", "", "a.test", false, ""},
		{"not verified", "tlsskipverify=true", "x.test", false, "x.test"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &Dialer{TLS: &tls.Config{}}
			if c.trusted {
				d.TLS = peer.roots()
			}
			before := len(peer.asked())
			conn, err := d.Dial(context.Background(), to(t, "https://"+peer.addr, c.opts), c.host, 0)
			var wrong *tls.CertificateVerificationError
			if c.asks == "" {
				if !errors.As(err, &wrong) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			peer.conn(before)
			if asked := peer.asked()[before]; asked != c.asks && !(c.asks == "-" && asked == "") {
				t.Errorf("asked for %q, want %q", asked, c.asks)
			}
		})
	}
}

func TestSessionsAreResumed(t *testing.T) {
	peer := listen(t, true)
	d := &Dialer{TLS: peer.roots()}
	var resumed []bool
	for range 2 {
		conn, err := d.Dial(context.Background(), to(t, "https://"+peer.addr, ""), "a.test", 0)
		if err != nil {
			t.Fatal(err)
		}
		there := peer.conn(len(resumed))
		there.Write([]byte("x"))
		conn.Read(make([]byte, 1)) // and the ticket before it
		resumed = append(resumed, conn.(*tls.Conn).ConnectionState().DidResume)
		conn.Close()
	}
	if want := []bool{false, true}; !slices.Equal(resumed, want) {
		t.Errorf("resumed %v, want %v", resumed, want)
	}
}

// A dial may take as long as the dialer allows, and not longer than this one.
func TestDialsEndInTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // whom the kernel accepts for, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx            context.Context
		timeout, limit time.Duration
		want           error
	}{
		"timeout":   {context.Background(), 50 * time.Millisecond, 0, os.ErrDeadlineExceeded},
		"limit":     {context.Background(), 0, 50 * time.Millisecond, os.ErrDeadlineExceeded},
		"both":      {context.Background(), 50 * time.Millisecond, time.Hour, os.ErrDeadlineExceeded},
		"only this": {context.Background(), -1, 50 * time.Millisecond, os.ErrDeadlineExceeded},
		"cancelled": {cancelled, 0, 0, context.Canceled},
	} {
		d := &Dialer{Timeout: c.timeout}
		conn, err := d.Dial(c.ctx, to(t, "https://"+l.Addr().String(), ""), "a.test", c.limit)
		if conn != nil || err == nil || !errors.Is(err, c.want) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestRefusedConnects(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	p := newPool(t, &Pool{})
	target := to(t, "http://"+l.Addr().String(), "")
	if c, err := p.Dial(context.Background(), target, nil, 0); err == nil {
		t.Errorf("got %v from where nobody listens", c)
	}
	if p.InFlight(target) != 0 {
		t.Error("what was refused is in flight")
	}
}
