package upstream

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/route"
)

// eachKind runs a test over a plain connection and over TLS.
func eachKind(t *testing.T, do func(t *testing.T, p *Pool, peer *peer, target *route.Target)) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			peer := listen(t, scheme == "https")
			p := newPool(t, &Pool{})
			if scheme == "https" {
				p.Dialer.TLS = peer.roots()
			}
			do(t, p, peer, to(t, scheme+"://"+peer.addr, ""))
		})
	}
}

// turn asks on c and has there answer, which are the two ends of a connection.
func turn(t *testing.T, c *Conn, there net.Conn, answer string) {
	t.Helper()
	asked := make(chan error, 1)
	go func() {
		buf := make([]byte, 100)
		n, err := there.Read(buf)
		if err == nil && string(buf[:n]) != "ask" {
			err = errors.New("got " + string(buf[:n]))
		}
		if err == nil {
			_, err = io.WriteString(there, answer)
		}
		asked <- err
	}()
	buf := make([]byte, 6)
	n, sent, err := c.Turn([]byte("ask"), buf)
	if err != nil || sent != 3 || !strings.HasPrefix(answer, string(buf[:n])) || n == 0 {
		t.Errorf("got %q, %v after %d bytes sent", buf[:n], err, sent)
	}
	if err := <-asked; err != nil {
		t.Error(err)
	}
}

// arrived reports whether c has something to read, be it the end of input.
func arrived(t *testing.T, c *Conn) bool {
	t.Helper()
	var err error
	if err := c.raw.Control(func(fd uintptr) {
		_, _, err = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}); err != nil {
		t.Fatal(err)
	}
	return err != syscall.EAGAIN
}

func TestStaleConnectionsAreFoundOut(t *testing.T) {
	for name, answer := range map[string]string{"closed": "answer", "sent something": "answer", "answered too much": "answerevil", "left alone": "answer"} {
		eachKind(t, func(t *testing.T, p *Pool, peer *peer, target *route.Target) {
			c := dial(t, p, target, "a.test")
			there := peer.conn(0)
			turn(t, c, there, answer)
			p.Put(c)
			switch name {
			case "closed":
				there.Close()
				eventually(t, func() bool { return arrived(t, c) })
			case "sent something":
				io.WriteString(there, "unasked")
				eventually(t, func() bool { return arrived(t, c) })
			case "left alone":
				if c = p.Idle(target, []byte("a.test")); !c.Quiet() {
					t.Error("a good connection is not quiet")
				}
				turn(t, c, there, answer)
				return
			}
			c = p.Idle(target, []byte("a.test"))
			n, sent, err := c.Turn([]byte("ask"), make([]byte, 1))
			if !errors.Is(err, ErrStale) || n+sent > 0 {
				t.Errorf("%s: %d bytes sent, %d read, %v", name, sent, n, err)
			}
			if c.Quiet() && name != "sent something" { // of which a byte was read
				t.Errorf("%s: the connection is quiet", name)
			}
		})
	}
}

// A target that closes while a request is on its way is not stale: what was sent
// may have been acted on.
func TestATargetClosesInsteadOfAnswering(t *testing.T) {
	eachKind(t, func(t *testing.T, p *Pool, peer *peer, target *route.Target) {
		c := dial(t, p, target, "a.test")
		there := peer.conn(0)
		turn(t, c, there, "answer")
		p.Put(c)
		c = p.Idle(target, []byte("a.test"))
		go func() {
			there.Read(make([]byte, 10))
			there.Close()
		}()
		_, sent, err := c.Turn([]byte("ask"), make([]byte, 10))
		if err == nil || errors.Is(err, ErrStale) || sent != 3 {
			t.Errorf("%v after %d bytes sent", err, sent)
		}
	})
}

func TestMoreSaysWhenItWaits(t *testing.T) {
	peer := listen(t, false)
	p := newPool(t, &Pool{})
	c := dial(t, p, to(t, "http://"+peer.addr, ""), "")
	there := peer.conn(0)
	io.WriteString(there, "here")
	eventually(t, func() bool { return arrived(t, c) })
	waits := 0
	later := func() error {
		waits++
		_, err := io.WriteString(there, "later")
		return err
	}
	buf := make([]byte, 10)
	if n, err := c.More(buf, later); string(buf[:n]) != "here" || err != nil || waits != 0 {
		t.Errorf("got %q, %v after %d waits", buf[:n], err, waits)
	}
	if n, err := c.More(buf, later); string(buf[:n]) != "later" || err != nil || waits != 1 {
		t.Errorf("got %q, %v after %d waits", buf[:n], err, waits)
	}
	broken := errors.New("the client has left")
	if _, err := c.More(buf, func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	there.Close()
	if _, err := c.More(buf, later); err != io.EOF {
		t.Errorf("got %v", err)
	}
}

// A request that the socket does not take at once goes out whole.
func TestLongRequests(t *testing.T) {
	eachKind(t, func(t *testing.T, p *Pool, peer *peer, target *route.Target) {
		const size = 16 << 20
		c := dial(t, p, target, "a.test")
		go func() {
			there := peer.conn(0)
			io.CopyN(io.Discard, there, size)
			io.WriteString(there, "answer")
		}()
		buf := make([]byte, 10)
		n, sent, err := c.Turn(make([]byte, size), buf)
		if string(buf[:n]) != "answer" || sent != size || err != nil {
			t.Errorf("got %q, %v after %d bytes sent", buf[:n], err, sent)
		}
	})
}

// What takes longer than its limit ends at the next tick but one, and the
// connection is not used again.
func TestLimits(t *testing.T) {
	for name, wait := range map[string]func(c *Conn) error{
		"turn": func(c *Conn) error { _, _, err := c.Turn([]byte("ask"), make([]byte, 1)); return err },
		"more": func(c *Conn) error { _, err := c.More(make([]byte, 1), func() error { return nil }); return err },
		"write": func(c *Conn) error {
			c.LimitWrite(time.Minute)
			for {
				if _, err := c.Write(make([]byte, 1<<20)); err != nil {
					return err
				}
			}
		},
	} {
		eachKind(t, func(t *testing.T, p *Pool, peer *peer, target *route.Target) {
			c := dial(t, p, target, "a.test")
			c.Limit(time.Minute)
			done := make(chan error, 1)
			go func() { done <- wait(c) }()
			err := tickUntil(t, p, done)
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			c.Limit(0)
			p.Put(c)
			if p.Idle(target, []byte("a.test")) != nil || p.InFlight(target) != 0 {
				t.Errorf("%s: the connection is used again", name)
			}
		})
	}
}

// tickUntil ticks by two minutes until done says something.
func tickUntil(t *testing.T, p *Pool, done chan error) (err error) {
	t.Helper()
	now := time.Now()
	eventually(t, func() bool {
		now = now.Add(2 * time.Minute)
		p.Tick(now)
		select {
		case err = <-done:
			return true
		default:
			return false
		}
	})
	return err
}

func TestALimitThatWasTakenOffEndsNothing(t *testing.T) {
	peer := listen(t, false)
	target := to(t, "http://"+peer.addr, "")
	p := newPool(t, &Pool{})
	c := dial(t, p, target, "")
	now := time.Now()
	c.Limit(time.Minute)
	p.Tick(now)
	c.Limit(0)
	p.Tick(now.Add(time.Hour))
	c.Limit(time.Minute)
	p.Tick(now.Add(2 * time.Hour)) // sees it first
	turn(t, c, peer.conn(0), "answer")
	if p.Put(c); p.Idle(target, nil) != c {
		t.Error("the connection is gone")
	}
}

func TestInterruptEndsAWait(t *testing.T) {
	eachKind(t, func(t *testing.T, p *Pool, peer *peer, target *route.Target) {
		c := dial(t, p, target, "a.test")
		there := peer.conn(0)
		go func() {
			there.Read(make([]byte, 3)) // the request is on its way
			c.Interrupt()
		}()
		if _, _, err := c.Turn([]byte("ask"), make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		if p.Put(c); p.Idle(target, []byte("a.test")) != nil {
			t.Error("the connection is used again")
		}
	})
}
