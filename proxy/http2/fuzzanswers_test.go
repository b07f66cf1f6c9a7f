package http2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// FuzzAnswers has a target answer with frames made of the input. The attempt
// must end, and what it hands on must be an answer: in order, as long as
// announced, without fields that could mean something else in HTTP/1.
func FuzzAnswers(f *testing.F) {
	enc := func(kv ...string) []byte { return (&peer{}).encode(kv...) }
	head, sum := enc(":status", "200", "content-length", "5", "foo", "bar"), enc("x-sum", "1")
	for _, seed := range [][]byte{
		frames(1, 5, 1, enc(":status", "204")),
		frames(1, 4, 1, head, 0, 1, 1, []byte("hello")),
		frames(1, 4, 1, head, 0, 1, 1, []byte("hell")),
		frames(1, 4, 1, enc(":status", "103", "link", "x"), 1, 4, 1, enc(":status", "200"), 0, 0, 1, []byte("a"), 1, 5, 1, sum),
		frames(1, 4, 1, enc(":status", "200", "connection", "close", "transfer-encoding", "chunked"), 0, 8, 1, []byte("\x02hello\x00\x00"), 0, 1, 1, nil),
		frames(3, 0, 1, []byte{0, 0, 0, 7}), frames(3, 0, 1, []byte{0, 0, 0, 8}),
		frames(7, 0, 0, make([]byte, 8)), frames(5, 4, 1, append([]byte{0, 0, 0, 2}, head...)),
		frames(1, 0, 1, head[:5], 9, 4, 1, head[5:], 8, 0, 1, []byte{0, 0, 0, 9}, 4, 0, 0, []byte{0, 4, 0, 0, 0, 1}, 0, 1, 1, []byte("hello")),
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	var wire atomic.Pointer[[]byte]
	to := startAnswers(f, &wire)
	f.Fuzz(func(t *testing.T, in []byte, post bool) {
		if len(in) > 4096 {
			t.Skip()
		}
		out := append([]byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), unfold(in)...)
		wire.Store(&out)
		attemptAt(t, to, post)
	})
}

// startAnswers runs a target that sends the bytes of wire on every connection,
// once a request is there, and then ends it.
func startAnswers(t testing.TB, wire *atomic.Pointer[[]byte]) *route.Target {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(5 * time.Second))
			out := *wire.Load()
			c.Write(out[:frameHeader])
			io.ReadFull(c, make([]byte, len(Preface)+100)) // about the head's first bytes
			c.Write(out[frameHeader:])
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: "route add svc / h2c://" + l.Addr().String()}}})
	return table.HTTP("a.test", "/", false).Pick(route.Draw{})
}

func attemptAt(t *testing.T, to *route.Target, post bool) {
	tr := &Transport{Dialer: &upstream.Dialer{}, Limits: testLimits()}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); tr.Run(ctx) }()
	defer func() { stop(); joined(t, "the transport", func() { <-ended }) }()
	r := &answerJudge{TB: t}
	x := &exchange.Exchange{Reply: r, Client: &exchange.Client{}}
	x.Method, x.SendURI, x.SendHost = []byte("HEAD"), []byte("/"), []byte("a.test")
	if post {
		x.Method, x.Length, x.Body = []byte("POST"), 5, &wholeBody{left: []byte("hello")}
	}
	h := &exchange.Handler{Chooser: oneTarget(to), Transports: map[string]exchange.Transport{"h2c": tr}}
	x.URI, x.Host = x.SendURI, x.SendHost
	whole := h.Serve(x)
	var failed *exchange.AttemptError
	switch {
	case whole != r.ended:
		t.Errorf("served %v, the answer's end was told: %v", whole, r.ended)
	case !whole && !errors.As(x.Err, &failed) && !r.bad:
		t.Errorf("error %v says not at what point", x.Err)
	}
}

// oneTarget chooses to, once.
func oneTarget(to *route.Target) *exchange.Chooser {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: "route add svc / h2c://" + to.Addr()}}})
	live := &route.Live{}
	live.Store(table)
	return &exchange.Chooser{Live: live, Wait: -1}
}

// wholeBody is a body that is all there.
type wholeBody struct{ left []byte }

func (b *wholeBody) Read(p []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

func (b *wholeBody) Trailers() []exchange.Field { return nil }

// answerJudge is a Reply that judges what it is told.
type answerJudge struct {
	testing.TB
	headed, bodyless, ended, bad bool
	length, got                  int64
}

func (r *answerJudge) wrong(format string, args ...any) {
	r.Helper()
	r.bad = true
	r.Errorf(format, args...)
}

// ownFields are those of weir's own answers, which the engine writes in lower case.
var ownFields = []string{"Content-Type", "X-Content-Type-Options", "Cache-Control", "Retry-After"}

func (r *answerJudge) fields(fields []exchange.Field) {
	for _, f := range fields {
		name := string(f.Name)
		if !slices.Contains(ownFields, name) && !validName(name) || connectionField(f.Name) || name == "content-length" {
			r.wrong("field %q", name)
		}
		for _, c := range f.Value {
			if c == '\r' || c == '\n' || c == 0 {
				r.wrong("field %s: %q", name, f.Value)
			}
		}
	}
}

func (r *answerJudge) Interim(status int, fields []exchange.Field) error {
	if r.headed || status < 100 || status > 199 || status == 101 {
		r.wrong("interim %d, after the head: %v", status, r.headed)
	}
	r.fields(fields)
	return nil
}

func (r *answerJudge) Head(status int, fields []exchange.Field, length int64, bodyless bool) error {
	if r.headed || status < 200 || status > 999 {
		r.wrong("head %d, the second: %v", status, r.headed)
	}
	r.headed, r.bodyless, r.length = true, bodyless, length
	r.fields(fields)
	return nil
}

func (r *answerJudge) Write(p []byte) (int, error) {
	if r.got += int64(len(p)); !r.headed || r.ended || r.bodyless && len(p) > 0 || r.length >= 0 && r.got > r.length {
		r.wrong("%d bytes of %d: headed %v, ended %v, bodyless %v", r.got, r.length, r.headed, r.ended, r.bodyless)
	}
	return len(p), nil
}

func (r *answerJudge) Flush() error { return nil }

func (r *answerJudge) End(trailers []exchange.Field) error {
	if !r.headed || r.ended || !r.bodyless && r.length >= 0 && r.got != r.length {
		r.wrong("end after %d bytes of %d: headed %v, ended %v", r.got, r.length, r.headed, r.ended)
	}
	r.ended = true
	r.fields(trailers)
	return nil
}

func (r *answerJudge) Upgrade([]exchange.Field) (exchange.Stream, error) {
	r.wrong("a tunnel that nobody asked for")
	return nil, fmt.Errorf("no tunnel")
}

func (r *answerJudge) Abort() {}
