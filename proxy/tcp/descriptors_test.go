package tcp

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"weir/internal/testenv"
)

// descriptors is how many are open.
func descriptors(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// allow lets only n more descriptors be opened until the returned function is
// called.
func allow(t testing.TB, n int) (all func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	limit := 0
	for free := 0; free < n; limit++ {
		if _, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(limit)); err != nil {
			free++
		}
	}
	now := was
	now.Cur = uint64(limit)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &now); err != nil {
		t.Fatal(err)
	}
	all = func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was) }
	t.Cleanup(all)
	return all
}

// A lack of descriptors is not for ever, and no fault of the client's.
func TestAcceptWithoutDescriptors(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all := allow(t, 1)
	c := connectTo(t, l.Addr().String())
	if _, err := l.Accept(); !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("accept says %v, want %v", err, syscall.EMFILE)
	}
	all()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if s.Remote.String() != c.LocalAddr().String() {
		t.Errorf("accepted %v, want %v", s.Remote, c.LocalAddr())
	}
	s.Close()
	expectEnd(t, c)
}

func TestConnectWithoutDescriptors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := byPort(t, []string{l.Addr().String()})
	all := allow(t, 2) // for the client and for the accepted socket
	w.dial()
	conn := w.one()
	eventually(t, func() bool {
		conn.mu.Lock()
		defer conn.mu.Unlock()
		return errors.Is(conn.tries.Last, syscall.EMFILE)
	})
	all()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// Without pipes the bytes are copied.
func TestRelayWithoutPipes(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	pipes := &w.engine.Poller.pipes
	pipes.mu.Lock()
	pipes.open = maxPipes
	pipes.mu.Unlock()
	c := w.dial()
	server := receive(t, targets, "connection")
	var sent atomic.Int64
	sum := make(chan []byte, 1)
	go func() {
		sum <- pour(server, 8<<20, &sent)
		server.Close()
	}()
	if got := digest(c); string(got) != string(receive(t, sum, "checksum")) {
		t.Error("the bytes are not those that were sent")
	}
	if n := len(pipes.spare); n > 0 {
		t.Errorf("%d pipes were made", n)
	}
}

// Whatever becomes of connections, their descriptors do not stay.
func TestDescriptorsAreClosed(t *testing.T) {
	good, refused := named(t, "good"), testenv.RefusedAddr(t)
	w, calls := both(t, toName("a.test", good, refused)+"\nroute add svc end.test/ http://h/")
	round := func() {
		for _, name := range []string{"a.test", "end.test", "", "cut"} {
			c := connectTo(t, w.addr)
			first := hello(t, name)
			if name == "cut" {
				first = first[:50]
			}
			send(t, c, string(first))
			c.CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
		}
		w.none()
		for len(calls) > 0 {
			<-calls
		}
	}
	round()
	before := descriptors(t)
	for range 20 {
		round()
	}
	eventually(t, func() bool { return descriptors(t) <= before })
}
