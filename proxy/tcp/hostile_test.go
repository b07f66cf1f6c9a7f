package tcp

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"weir/internal/testenv"
)

// A tick may come between the accept and the start.
func TestTickBeforeStart(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a")))
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := connectTo(t, l.Addr().String())
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn := w.engine.Conn(s)
	conn.Tick(time.Now())
	w.begin(conn)
	send(t, c, string(hello(t, "a.test")))
	expect(t, c, "a\n")
}

// A pause must not use up the time limit of the connects after it.
func TestDeafTargetAfterPause(t *testing.T) {
	refusing, deaf, good := testenv.RefusedAddr(t), deaf(t), named(t, "good")
	w := byPort(t, []string{refusing}, func(e *Engine) { e.Connect = 50 * time.Millisecond })
	c := w.dial()
	eventually(t, func() bool {
		c := w.one()
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.stage == stageWait
	})
	w.route(toPort(deaf))
	eventually(t, func() bool {
		c := w.one()
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.chosen.Addr() == deaf && c.stage == stageOpen
	})
	w.route(toPort(good))
	expect(t, c, "good\n")
}

// A client that has ended its side and then breaks off is noticed though nobody
// reads from it any more.
func TestResetAfterEnd(t *testing.T) {
	for _, spoken := range []bool{false, true} {
		addr, targets := target(t)
		w := byPort(t, []string{addr})
		c := w.dial()
		server := receive(t, targets, "connection")
		if spoken {
			send(t, server, "hi")
			expect(t, c, "hi")
		}
		c.CloseWrite()
		expectEnd(t, server)
		reset(t, c)
		if s := w.session(); s.Err == nil {
			t.Errorf("spoken %v: the session has no error, want why it broke", spoken)
		}
		eventually(t, func() bool { _, err := server.Write([]byte("x")); return err != nil })
	}
}

// The reset of a target that is first seen when writing is passed on as one.
func TestResetSeenByWriting(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	c := w.dial()
	server := receive(t, targets, "connection")
	send(t, server, "hi")
	expect(t, c, "hi")
	w.one().frozen(func(conn *Conn) {
		reset(t, server)
		eventually(t, func() bool { return info(t, conn.target.fd).State == tcpClose })
		send(t, c, "more")
		eventually(t, func() bool { return info(t, conn.client.fd).Bytes_received == 4 })
		conn.client.readable = true
		conn.in.move(conn.poller, false) // as if the client's event had come first
	})
	expectReset(t, c)
}

// Urgent data ends a read early though there is more behind it, and a splice
// does not get past it at all.
func TestUrgentData(t *testing.T) {
	for _, spliced := range []bool{false, true} {
		addr, targets := target(t)
		w := byPort(t, []string{addr})
		c := w.dial()
		server := receive(t, targets, "connection")
		send(t, server, "hi")
		expect(t, c, "hi")
		w.one().frozen(func(conn *Conn) { // so that all is there when it is read
			if spliced {
				conn.in.bulk, conn.in.bytes = true, spliceFrom
			}
			send(t, c, "ab")
			urgent(t, c, "!")
			send(t, c, "cd")
			eventually(t, func() bool { return info(t, conn.client.fd).Bytes_received == 5 })
		})
		expect(t, server, "abcd")
	}
}

// frozen calls do while nothing else runs the connection.
func (c *Conn) frozen(do func(*Conn)) {
	c.mu.Lock()
	defer c.unlock()
	do(c)
}

const tcpClose = 7 // net/tcp_states.h of Linux: the peer has reset the connection, among others

// info is what the system knows of a connection.
func info(t testing.TB, fd int) *unix.TCPInfo {
	t.Helper()
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func urgent(t testing.TB, c *net.TCPConn, s string) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Write(func(fd uintptr) bool {
		err = unix.Send(int(fd), []byte(s), unix.MSG_OOB)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}
