package nonblock_test

import (
	"net"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"weir/proxy/nonblock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func pair(t testing.TB) (a, b *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); d.Close() })
	return c.(*net.TCPConn), d.(*net.TCPConn)
}

func control(t testing.TB, c *net.TCPConn, f func(fd int)) {
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { f(int(fd)) }); err != nil {
		t.Fatal(err)
	}
}

func TestReadAndWrite(t *testing.T) {
	a, b := pair(t)
	buf := make([]byte, 10)
	control(t, a, func(fd int) {
		if n, err := nonblock.Read(fd, buf); n != 0 || err != syscall.EAGAIN {
			t.Errorf("nothing to read: got %d, %v", n, err)
		}
		if n, err := nonblock.Write(fd, []byte("hello")); n != 5 || err != nil {
			t.Errorf("write: got %d, %v", n, err)
		}
	})
	if n, err := b.Read(buf); string(buf[:n]) != "hello" || err != nil {
		t.Errorf("got %q, %v", buf[:n], err)
	}
}

func TestTheOtherSideCloses(t *testing.T) {
	a, b := pair(t)
	b.CloseWrite()
	buf := make([]byte, 10)
	if n, _ := a.Read(buf); n != 0 { // waits until the end of input is here
		t.Fatal(n)
	}
	control(t, a, func(fd int) {
		if n, err := nonblock.Read(fd, buf); n != 0 || err != nil {
			t.Errorf("end of input: got %d, %v", n, err)
		}
	})
	b.SetLinger(0)
	b.Close()
	if _, err := a.Read(buf); err != nil {
		t.Log("reset already seen:", err)
	}
	control(t, a, func(fd int) {
		if _, err := nonblock.Write(fd, make([]byte, 10)); err == nil {
			t.Error("write to a connection that was reset succeeded")
		}
	})
}

func TestAFullSocketTakesNoMore(t *testing.T) {
	a, _ := pair(t)
	p := make([]byte, 1<<20)
	control(t, a, func(fd int) {
		for range 1000 {
			n, err := nonblock.Write(fd, p)
			if err == syscall.EAGAIN && n == 0 {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
		t.Error("the socket took a gigabyte that nobody reads")
	})
}
