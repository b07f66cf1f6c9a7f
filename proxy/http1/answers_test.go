package http1

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestAnswersOfTargets has a target answer what the case says, at once and byte
// by byte, and shows what the client gets: the answer, or how much of it before
// the connection broke off; then whether the target's connection was used for
// another request. "HEAD: " before a name is the method, <close> and <reset>
// end the connection.
func TestAnswersOfTargets(t *testing.T) {
	for _, pieces := range []int{1, 500} {
		t.Run(fmt.Sprintf("in %d", pieces), func(t *testing.T) {
			readCases(t, "answers.txtar", func(t *testing.T, in []byte) string {
				method := "GET"
				if _, name, _ := strings.Cut(strings.TrimPrefix(t.Name(), "TestAnswersOfTargets/"), "/"); strings.HasPrefix(name, "HEAD:") {
					method = "HEAD"
				}
				said, arrived := make(chan struct{}, 1), make(chan struct{})
				b := serveRaw(t, func(m *message, c net.Conn) bool {
					if strings.Contains(m.first, " /again ") {
						return answers(ok("again"))(m, c)
					}
					defer func() { said <- struct{}{} }()
					return say(c, in, pieces, arrived)
				})
				w := start(t, "http://"+b.addr)
				got := ask(t, w, method, arrived)
				next(t, said)
				w.exchanges(t, 1)
				return got + again(t, w, b)
			})
		})
	}
}

// say sends an answer and reports whether the connection goes on. It resets the
// connection only after a head has arrived, as a reset overtakes what was sent.
func say(c net.Conn, raw []byte, pieces int, arrived chan struct{}) (keep bool) {
	bare := bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("<close>")), []byte("<reset>"))
	sendIn(c, string(bare), pieces)
	if bytes.HasSuffix(raw, []byte("<reset>")) {
		if bytes.Contains(raw, []byte("\r\n\r\n")) {
			<-arrived
		}
		c.(*net.TCPConn).SetLinger(0)
	}
	return len(bare) == len(raw)
}

// ask sends a request and describes all that comes back.
func ask(t *testing.T, w *world, method string, arrived chan struct{}) string {
	head := sync.OnceFunc(func() { close(arrived) })
	defer head()
	c := w.dial(t)
	fmt.Fprintf(c, "%s / HTTP/1.1\r\nHost: a.test\r\n\r\n", method)
	var out strings.Builder
	r := strictReader{}
	buf := make([]byte, 64<<10)
	for {
		r.bodyless = method == "HEAD"
		m, err := r.answer()
		switch {
		case err == nil && strings.HasPrefix(m.first, "HTTP/1.1 1"):
			if line := fmt.Sprintf("%s %q\n", m.first[9:], m.fields); line != out.String() { // once is enough
				out.WriteString(line)
			}
			continue
		case err == nil:
			showAnswer(&out, m)
			return out.String()
		case !errors.Is(err, errNeedMore):
			t.Fatalf("%v in %q", err, r.b)
		}
		n, err := c.Read(buf)
		r.b = append(r.b, buf[:n]...)
		if bytes.Contains(r.b, []byte("hel")) {
			head()
		}
		if n == 0 && err != nil {
			return out.String() + describeCut(string(r.b))
		}
	}
}

// describeCut describes an answer that broke off.
func describeCut(raw string) string {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	first, _, _ := strings.Cut(head, "\r\n")
	if strings.Contains(head, "chunked") {
		var m message
		r := strictReader{b: []byte(body)}
		r.chunks(&m)
		body = m.body
	}
	return fmt.Sprintf("%s, cut after %q\n", first[9:], body)
}

func showAnswer(out io.Writer, m *message) {
	fmt.Fprintf(out, "%s %q\n", m.first[9:], m.body)
	for _, f := range append(slices.Clone(m.fields), m.trailers...) {
		name, _, _ := strings.Cut(f, ":")
		if !slices.Contains([]string{"date", "content-length", "transfer-encoding", "content-type", "x-content-type-options"}, name) {
			fmt.Fprintf(out, "  %q\n", f)
		}
	}
}

// again sends another request, and describes what became of the target's
// connection.
func again(t *testing.T, w *world, b *backend) string {
	c := w.dial(t)
	fmt.Fprintf(c, get, "again")
	if m := readAnswer(t, c, &strictReader{}); m.body != "again" {
		t.Errorf("the next request got %q", m.body)
	}
	if _, n := b.requests(); n == 1 {
		return "the connection is used again\n"
	}
	return "the connection is closed\n"
}
