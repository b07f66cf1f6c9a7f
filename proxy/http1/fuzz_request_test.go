package http1

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"weir/proxy/exchange"
)

// sender stands where Handler does: it writes each request as a target gets it.
type sender struct {
	c        *Conn
	unserved []byte
	served   [][]byte // the bytes of each request
	sent     [][]byte // what a target gets for it
}

func (s *sender) Serve(x *exchange.Exchange) bool {
	a := (&Transport{}).attempt(x, nil)
	x.SendURI, x.SendHost = x.URI, x.Host
	if len(x.Host) == 0 {
		x.SendHost = []byte("the-target") // as an old client has named none
	}
	if _, err := a.compose(); err != nil || a.rest {
		return false
	}
	s.sent = append(s.sent, bytes.Clone(a.out))
	whole := len(s.unserved) - len(s.c.work.unread())
	s.served, s.unserved = append(s.served, s.unserved[:whole]), s.unserved[whole:]
	x.Reply.Head(204, nil, 0, true)
	return x.Reply.End(nil) == nil
}

// forward has an engine read raw, which must fit into its buffer.
func forward(raw []byte) *sender {
	s := &sender{unserved: raw}
	lim := testLimits()
	lim.HeaderBytes = inBytes
	s.c = &Conn{engine: &Engine{Handler: s, Limits: lim}, client: &exchange.Client{}, fd: -1, conn: &tape{in: bytes.NewReader(nil)}}
	s.c.acquire()
	s.c.work.w = copy(s.c.work.buf, raw)
	s.c.advance()
	return s
}

// FuzzRequests holds what is forwarded against net/http: of every request that
// both take, a target gets method, target, host, fields, body and trailers as
// net/http heard them, and what net/http refuses is not forwarded. Everything
// forwarded is one request in the eyes of the strict reader.
func FuzzRequests(f *testing.F) {
	add := func(in []byte) {
		if len(in) <= inBytes {
			f.Add(in)
		}
	}
	seed(f, "requests.txtar", add)
	seed(f, "hostile.txtar", add)
	seed(f, "hostile.txtar", func(in []byte) { add(append(in, after...)) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) <= inBytes {
			checkForwarded(t, raw)
		}
	})
}

// fataler is a test of package testing or rapid.
type fataler interface{ Fatalf(string, ...any) }

// checkForwarded returns how many requests of raw are forwarded.
func checkForwarded(t fataler, raw []byte) int {
	s := forward(raw)
	for i, sent := range s.sent {
		reader := strictReader{b: sent}
		m, err := reader.request()
		if err != nil || len(reader.b) > 0 {
			t.Fatalf("%q is forwarded as %q: %v, %d bytes left", s.served[i], sent, err, len(reader.b))
		}
		if why := disagree(m, oracle(withoutEmptyLine(s.served[i]))); why != "" {
			t.Fatalf("%q is forwarded as %q: %s", s.served[i], sent, why)
		}
	}
	return len(s.sent)
}

// withoutEmptyLine is raw without the line that RFC 9112 section 2.2 has a server
// pass over, and net/http refuses.
func withoutEmptyLine(raw []byte) []byte { return bytes.TrimPrefix(raw, []byte("\r\n")) }

// disagree says in what m differs from h.
func disagree(m *message, h *heard) string {
	if h == nil {
		return "net/http refuses it"
	}
	method, target := h.method, h.target
	host := m.get("host")[0]
	switch {
	case m.first != method+" "+target+" HTTP/1.1":
		return "first line, want " + method + " " + target
	case host != h.host && !(host == "the-target" && h.host == ""):
		return "host, want " + h.host
	case m.body != h.body:
		return "body, want " + h.body
	}
	got, want := endToEnd(m.fields, m.fields), endToEnd(h.fields, h.fields)
	if !slices.Equal(got, want) {
		return "fields, want " + strings.Join(want, "|")
	}
	var trailers []string
	for _, f := range h.trailers {
		name, _, _ := strings.Cut(f, ":")
		if !forbiddenTrailer([]byte(name)) && !strings.ContainsAny(name, "_.") {
			trailers = append(trailers, f)
		}
	}
	slices.Sort(m.trailers)
	if !slices.Equal(m.trailers, trailers) {
		return "trailers, want " + strings.Join(trailers, "|")
	}
	return ""
}

// endToEnd are the fields of a request that concern both ends, sorted.
func endToEnd(fields, all []string) []string {
	return slices.DeleteFunc(withoutHops(fields, all, "host", "expect"), func(f string) bool {
		name, _, _ := strings.Cut(f, ":")
		return strings.ContainsAny(name, "_.") || name == "sec-websocket-key" // made for a client that sent none
	})
}

// withoutHops are fields without drop, those of the connection, which all says,
// and Trailer, which net/http keeps elsewhere; sorted.
func withoutHops(fields, all []string, drop ...string) (kept []string) {
	drop = append(drop, "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "content-length", "upgrade", "http2-settings", "trailer")
	for _, f := range all {
		if list, ok := strings.CutPrefix(f, "connection: "); ok {
			for name := range strings.SplitSeq(list, ",") {
				drop = append(drop, strings.ToLower(strings.Trim(name, " \t")))
			}
		}
	}
	for _, f := range fields {
		if name, _, _ := strings.Cut(f, ":"); !slices.Contains(drop, name) {
			kept = append(kept, f)
		}
	}
	slices.Sort(kept)
	return kept
}

// FuzzPieces: however a head and a chunked body are cut into pieces, they are
// read alike, and refused for some reason or other.
func FuzzPieces(f *testing.F) {
	for _, file := range []string{"requests.txtar", "chunked.txtar"} {
		seed(f, file, func(in []byte) { f.Add(in, uint8(3)) })
	}
	lim := testLimits()
	alike := func(t *testing.T, raw []byte, got, want string) {
		if got != want && !(got[0] == '4' && want[0] == '4') {
			t.Errorf("%q in pieces: %s, want %s", raw, got, want)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, step uint8) {
		alike(t, raw, decode(raw, int(step)+1), decode(raw, max(len(raw), 1)))
		var whole, pieces requestHead
		_, err := whole.read(raw, &lim)
		want := describe(&whole, err)
		for n := 0; ; n = min(n+int(step)+1, len(raw)) {
			if _, err = pieces.read(raw[:n], &lim); err != errMore || n == len(raw) {
				break
			}
		}
		alike(t, raw, describe(&pieces, err), want)
	})
}
