package conformance

import (
	"net"
	"sync"
	"testing"
)

// sink is a target that says its name when the first bytes have come, and keeps
// them all.
type sink struct {
	addr  string
	mu    sync.Mutex
	conns []net.Conn
	raw   []byte
}

func newSink(t *testing.T, name string) *sink {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String()}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			wg.Go(func() { s.serve(conn, name) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.reset()
		wg.Wait()
	})
	return s
}

func (s *sink) serve(conn net.Conn, name string) {
	defer conn.Close()
	buf := make([]byte, 64<<10)
	for first := true; ; first = false {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.raw = append(s.raw, buf[:n]...)
		s.mu.Unlock()
		if first {
			conn.Write([]byte("backend-" + name + "\n"))
		}
	}
}

// reset ends all connections and forgets what came.
func (s *sink) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		conn.Close()
	}
	s.conns, s.raw = nil, nil
}

// got is what came since the last reset, on how many connections.
func (s *sink) got() (raw []byte, conns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw, len(s.conns)
}
