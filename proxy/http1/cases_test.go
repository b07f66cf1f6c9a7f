package http1

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/proxy/exchange"
)

var update = flag.Bool("update", false, "rewrite what testdata expects")

// readCases calls do for every case of a txtar file in testdata: bytes, given
// with the escapes of Go strings, without meaning of line ends, and with "9 times"
// before what is repeated, then "=>", then what is to come of them.
func readCases(t *testing.T, file string, do func(t *testing.T, in []byte) string) {
	t.Helper()
	archive := cases(t, file)
	for i, c := range archive.Files {
		t.Run(c.Name, func(t *testing.T) {
			raw, want, _ := strings.Cut(string(c.Data), "=>\n")
			got := do(t, unescape(t, raw))
			if got != want && !*update {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
			archive.Files[i].Data = []byte(raw + "=>\n" + got)
		})
	}
	if *update {
		if err := os.WriteFile("testdata/"+file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func cases(t testing.TB, file string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// seed gives the cases of a file to a fuzz target.
func seed(f *testing.F, file string, add func(in []byte)) {
	for _, c := range cases(f, file).Files {
		raw, _, _ := strings.Cut(string(c.Data), "=>\n")
		add(unescape(f, raw))
	}
}

func unescape(t testing.TB, raw string) []byte {
	t.Helper()
	var out []byte
	for line := range strings.Lines(raw) {
		times, repeated, many := strings.Cut(line, " times ")
		n, err := strconv.Atoi(times)
		if !many || err != nil {
			n, repeated = 1, line
		}
		s, err := strconv.Unquote(`"` + strings.TrimSuffix(repeated, "\n") + `"`)
		if err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		out = append(out, strings.Repeat(s, n)...)
	}
	return out
}

// describe prints what became of a request head.
func describe(h *requestHead, err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s host=%q", h.method, h.target, h.host)
	switch {
	case h.encodings > 0:
		b.WriteString(" chunked")
	case h.lengths > 0:
		fmt.Fprintf(&b, " length=%d", h.length)
	}
	for name, set := range map[string]bool{" http/1.0": h.proto == exchange.HTTP10} {
		if set {
			b.WriteString(name)
		}
	}
	if h.close {
		b.WriteString(" close")
	}
	if h.keepAlive {
		b.WriteString(" keep-alive")
	}
	if h.asksForSocket() {
		b.WriteString(" websocket")
	}
	if h.expect {
		b.WriteString(" expect")
	}
	b.WriteString("\n")
	for _, f := range h.fields {
		fmt.Fprintf(&b, "%s: %q\n", f.Name, f.Value)
	}
	return b.String()
}

func TestRequestHeads(t *testing.T) {
	lim := testLimits()
	lim.HeaderBytes, lim.HeaderFields, lim.URIBytes = 600, 10, 200
	readCases(t, "requests.txtar", func(t *testing.T, in []byte) string {
		var whole requestHead
		_, err := whole.read(in, &lim)
		want := describe(&whole, err)
		// Byte by byte must come to the same, and not later than with all bytes.
		var piecewise requestHead
		for n := range len(in) + 1 {
			_, perr := piecewise.read(in[:n], &lim)
			if perr != errMore {
				if got := describe(&piecewise, perr); got != want {
					t.Errorf("after %d bytes:\n%swant:\n%s", n, got, want)
				}
				return want
			}
		}
		if err != errMore {
			t.Errorf("byte by byte it is incomplete, at once it is %s", want)
		}
		return want
	})
}

func TestResponseHeads(t *testing.T) {
	lim := testLimits()
	lim.HeaderBytes, lim.HeaderFields = 600, 10
	readCases(t, "responses.txtar", func(t *testing.T, in []byte) string {
		var h responseHead
		if _, err := h.read(in, &lim); err != nil {
			return err.Error() + "\n"
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%d length=%d/%d chunked=%d reusable=%v upgrade=%v\n", h.status, h.length, h.lengths, h.encodings, h.reusable(), h.upgrade && h.socket)
		for _, f := range h.fields {
			fmt.Fprintf(&b, "%s: %q\n", f.Name, f.Value)
		}
		return b.String()
	})
}

func TestChunkedBodies(t *testing.T) {
	readCases(t, "chunked.txtar", func(t *testing.T, in []byte) string {
		want := decode(in, len(in))
		if got := decode(in, 1); got != want {
			t.Errorf("byte by byte:\n%swant:\n%s", got, want)
		}
		return want
	})
}

// decode decodes a chunked body that arrives step bytes at a time.
func decode(in []byte, step int) string {
	var c chunked
	var body []byte
	pos := 0
	for end := 0; ; {
		data, used, err := c.next(in[pos:end], len(in)+1)
		body = append(body, data...)
		pos += used
		switch {
		case err == io.EOF:
			var b strings.Builder
			fmt.Fprintf(&b, "%q, %d bytes left\n", body, len(in)-pos)
			for _, f := range c.trailers {
				fmt.Fprintf(&b, "%s: %q\n", f.Name, f.Value)
			}
			return b.String()
		case err == errMore && end == len(in):
			return fmt.Sprintf("%q, incomplete\n", body)
		case err == errMore:
			end = min(end+step, len(in))
		case err != nil:
			return err.Error() + "\n"
		}
	}
}

func TestByteClasses(t *testing.T) {
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for c := range 256 {
		in := func(set string) bool { return strings.IndexByte(set, byte(c)) >= 0 }
		var want byte
		for class, is := range map[byte]bool{
			tokenByte:  in(alnum + "!#$%&'*+-.^_`|~"),
			aliasByte:  in("_."),
			targetByte: c > 0x20 && c < 0x7f && !in(`#\"<>`),
			hostByte:   in(alnum + "-._~"),
			valueByte:  c == '\t' || c >= 0x20 && c != 0x7f,
		} {
			if is {
				want |= class
			}
		}
		if classes[c] != want {
			t.Errorf("byte %#x: classes %05b, want %05b", c, classes[c], want)
		}
		for at := range 20 { // wherever the byte is among others
			b := []byte(strings.Repeat("\xffa \t~", 4))
			b[at] = byte(c)
			if got := isValue(b); got != (want&valueByte != 0) {
				t.Errorf("isValue(%q) = %v", b, got)
			}
		}
	}
}
