package http1

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// full opens a listener whose queue is full: connects to it are not answered.
func full(t *testing.T) (addr string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(os.NewSyscallError("socket", err))
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(os.NewSyscallError("bind", err))
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(os.NewSyscallError("listen", err))
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(os.NewSyscallError("getsockname", err))
	}
	addr = fmt.Sprintf("127.0.0.1:%d", sa.(*syscall.SockaddrInet4).Port)
	for range 100 {
		c, err := net.DialTimeout("tcp", addr, 200*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("the queue takes more than a hundred connections")
	return ""
}

// silent opens a listener that accepts connections and says nothing.
func silent(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // the kernel accepts
	return l.Addr().String()
}

// A target that does not answer a connect, or the TLS handshake, is replaced by
// another in time, whatever the request.
func TestSilentTargetsAreReplaced(t *testing.T) {
	good := serveRaw(t, echo)
	for name, bad := range map[string]string{"connect": "http://" + full(t), "TLS handshake": "https://" + silent(t)} {
		t.Run(name, func(t *testing.T) {
			w := start(t, "http://"+good.addr+"\nroute add svc / "+bad, func(w *world, _ *Transport) { w.wait = 8 * time.Second })
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() {
					c := w.dial(t)
					fmt.Fprintf(c, "POST /%d HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody", i)
					m := readAnswer(t, c, &strictReader{})
					if want := fmt.Sprintf("POST /%d HTTP/1.1|body", i); m.body != want {
						t.Errorf("got %q, want %q", m.body, want)
					}
				})
			}
			joined(t, "a request", all.Wait)
			attempts := 0
			for _, x := range w.exchanges(t, 20) {
				attempts += x.attempts
			}
			if attempts == 20 {
				t.Error("nobody asked the silent target")
			}
		})
	}
}

// Without another target the client learns that nobody answered, in time.
func TestOnlyASilentTarget(t *testing.T) {
	w := start(t, "http://"+full(t), func(w *world, _ *Transport) { w.wait = 200 * time.Millisecond })
	c := w.dial(t)
	fmt.Fprintf(c, get, "")
	if m := readAnswer(t, c, &strictReader{}); !strings.HasPrefix(m.first, "HTTP/1.1 504 ") {
		t.Errorf("got %q", m.first)
	}
}
