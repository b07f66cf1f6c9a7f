package http2

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"weir/proxy/exchange"
)

// witness is a handler that writes down what reaches it.
type witness struct {
	mu    sync.Mutex
	whole []string // requests whose body came to its end
}

func (w *witness) Serve(x *exchange.Exchange) bool {
	var body []byte
	var err error
	if x.Body != nil {
		body, err = io.ReadAll(x.Body)
	}
	if err != nil {
		return false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", x.Method, x.Host, x.URI)
	for _, f := range x.Fields {
		fmt.Fprintf(&b, " | %s: %s", f.Name, f.Value)
	}
	fmt.Fprintf(&b, " | %d %s", x.Length, body)
	if x.Body != nil {
		for _, f := range x.Body.Trailers() {
			fmt.Fprintf(&b, " | %s: %s", f.Name, f.Value)
		}
	}
	w.mu.Lock()
	w.whole = append(w.whole, b.String())
	w.mu.Unlock()
	return x.Reply.Head(200, nil, 0, false) == nil && x.Reply.End(nil) == nil
}

func (w *witness) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.whole
	w.whole = nil
	return all
}

// hostile is a paragraph of testdata/requests.txt:
//
//	# what it is
//	get, post               the pseudo fields of such a request
//	head NAME: VALUE        with Go escapes, and <N*TEXT> for N times TEXT
//	data TEXT               a DATA frame
//	tail NAME: VALUE        trailers
//	want STATUS | reset CODE
//	sees WHAT               as the handler gets it
//
// "many N" before a head or data line repeats it N times.
type hostile struct {
	name             string
	head, data, tail []string
	want, sees       string
}

func readHostile(t *testing.T) (all []hostile) {
	t.Helper()
	file, err := os.ReadFile("testdata/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(string(file)), "\n\n") {
		lines := strings.Split(paragraph, "\n")
		h := hostile{name: strings.TrimPrefix(lines[0], "# ")}
		for _, line := range lines[1:] {
			h.line(t, line)
		}
		all = append(all, h)
	}
	return all
}

func (h *hostile) line(t *testing.T, line string) {
	verb, rest, _ := strings.Cut(line, " ")
	times := 1
	if verb == "many" {
		var n string
		n, rest, _ = strings.Cut(rest, " ")
		verb, rest, _ = strings.Cut(rest, " ")
		times, _ = strconv.Atoi(n)
	}
	for range times {
		switch text := unquote(t, rest); verb {
		case "get":
			h.head = append(h.head, get()...)
		case "post":
			h.head = append(h.head, post()...)
		case "head":
			h.head = append(h.head, field(text)...)
		case "data":
			h.data = append(h.data, text)
		case "tail":
			h.tail = append(h.tail, field(text)...)
		case "want":
			h.want = rest
		case "sees":
			h.sees = text
		default:
			t.Fatalf("line %q", line)
		}
	}
}

// try sends h on a connection of its own and checks the answer.
func (h *hostile) try(t *testing.T, f *front) {
	t.Helper()
	p := dialPeer(t, f)
	p.send(h.head, h.data, h.tail)
	if got := p.over(1).verdict(); got != h.want {
		t.Errorf("answered %q, want %q", got, h.want)
	}
}

func TestHostileRequests(t *testing.T) {
	w := &witness{}
	f := serve(t, w, false)
	for _, h := range readHostile(t) {
		t.Run(h.name, func(t *testing.T) {
			h.try(t, f)
			if got := strings.Join(w.take(), "\n"); got != h.sees {
				t.Errorf("handler saw %q, want %q", got, h.sees)
			}
		})
	}
}

func (p *peer) send(head, data, tail []string) {
	p.head(1, len(data) == 0 && len(tail) == 0, head...)
	for i, d := range data {
		p.fr.WriteData(1, i == len(data)-1 && len(tail) == 0, []byte(d))
	}
	if len(tail) > 0 {
		p.head(1, true, tail...)
	}
}

func (s seen) verdict() string {
	switch {
	case len(s.status) > 0:
		return strconv.Itoa(s.status[len(s.status)-1])
	case s.reset != nil:
		return "reset " + s.reset.String()
	}
	return "nothing"
}

// field splits "name: value"; a pseudo name begins with a colon, and a name
// may hold one where it is written "\x3a".
func field(s string) []string {
	at := strings.Index(s[1:], ": ") + 1
	if at == 0 {
		return []string{"", strings.TrimPrefix(s, ": ")}
	}
	return []string{strings.ReplaceAll(s[:at], "<colon>", ":"), s[at+2:]}
}

func unquote(t *testing.T, s string) string {
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return regexp.MustCompile(`<\d+\*[^>]*>`).ReplaceAllStringFunc(out, func(s string) string {
		n, what, _ := strings.Cut(s[1:len(s)-1], "*")
		times, _ := strconv.Atoi(n)
		return strings.Repeat(what, times)
	})
}
