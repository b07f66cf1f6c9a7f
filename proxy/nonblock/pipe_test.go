package nonblock_test

import (
	"io"
	"net"
	"syscall"
	"testing"

	"weir/proxy/nonblock"
)

func TestPipe(t *testing.T) {
	from, source := pair(t)
	to, sink := pair(t)
	p, err := nonblock.NewPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	fill := func(most int64) (n int, err error) {
		control(t, from, func(fd int) { n, err = p.Fill(fd, most) })
		return n, err
	}
	if n, err := fill(10); n != 0 || err != syscall.EAGAIN {
		t.Errorf("nothing to take: got %d, %v", n, err)
	}
	io.WriteString(source, "hello world")
	if n, err := fill(5); n != 5 || err != nil || p.Held() != 5 {
		t.Errorf("got %d, %v, and the pipe holds %d", n, err, p.Held())
	}
	control(t, to, func(fd int) { err = p.Drain(fd) })
	if err != nil || p.Held() != 0 {
		t.Errorf("%v, and the pipe holds %d", err, p.Held())
	}
	buf := make([]byte, 20)
	if n, err := sink.Read(buf); string(buf[:n]) != "hello" || err != nil {
		t.Errorf("got %q, %v", buf[:n], err)
	}
	io.CopyN(io.Discard, from, 6)
	source.CloseWrite()
	if n, _ := from.Read(buf); n != 0 {
		t.Fatal(n)
	}
	if n, err := fill(5); n != 0 || err != nil {
		t.Errorf("end of input: got %d, %v", n, err)
	}
}

func TestAFullSocketTakesNoMoreOfAPipe(t *testing.T) {
	from, source := pair(t)
	to, sink := pair(t)
	p, err := nonblock.NewPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	total := 0
	for piece := make([]byte, 64<<10); err == nil; {
		if _, err := source.Write(piece); err != nil {
			t.Fatal(err)
		}
		for taken := 0; taken < len(piece); {
			control(t, from, func(fd int) {
				if n, err := p.Fill(fd, int64(len(piece)-taken)); err == nil {
					taken += n
				}
			})
		}
		total += len(piece)
		control(t, to, func(fd int) { err = p.Drain(fd) })
	}
	if err != syscall.EAGAIN || p.Held() == 0 {
		t.Fatalf("%v, and the pipe holds %d", err, p.Held())
	}
	before := acked(t, to)
	if _, err := io.CopyN(io.Discard, sink, int64(total-p.Held())); err != nil {
		t.Fatal(err)
	}
	control(t, to, func(fd int) { err = p.Drain(fd) })
	if err != nil || p.Held() != 0 {
		t.Errorf("%v, and the pipe holds %d", err, p.Held())
	}
	if _, err := io.CopyN(io.Discard, sink, 1); err != nil {
		t.Fatal(err)
	}
	if acked(t, to) <= before {
		t.Error("nothing was acknowledged of what was read")
	}
}

func acked(t *testing.T, c *net.TCPConn) (n uint64) {
	control(t, c, func(fd int) { n = nonblock.Acked(fd) })
	return n
}

func TestReady(t *testing.T) {
	a, b := pair(t)
	ready := func() (ready bool) {
		control(t, a, func(fd int) { ready = nonblock.Ready(fd) })
		return ready
	}
	if ready() {
		t.Error("ready without a byte")
	}
	io.WriteString(b, "hi")
	for range 2 { // looking takes nothing
		if !ready() {
			t.Error("not ready with two bytes")
		}
	}
	io.CopyN(io.Discard, a, 2)
	if ready() {
		t.Error("ready after the last byte")
	}
	b.CloseWrite()
	a.Read(make([]byte, 1)) // waits until the end of input is here
	if !ready() {
		t.Error("not ready at the end of input")
	}
}
