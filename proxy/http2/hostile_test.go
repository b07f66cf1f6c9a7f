package http2

import (
	"bufio"
	"fmt"
	"io"
	"os"
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

// TestHostileRequests sends the requests of testdata/requests.txt. Each is a
// paragraph:
//
//	# what it is
//	head NAME: VALUE …      with Go escapes; "head+" goes on without END_STREAM
//	data TEXT               a DATA frame
//	tail NAME: VALUE        trailers
//	want STATUS | reset CODE
//	sees WHAT               as the handler gets it
func TestHostileRequests(t *testing.T) {
	file, err := os.Open("testdata/requests.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines []string
	for scan := bufio.NewScanner(file); scan.Scan(); {
		if line := scan.Text(); line != "" {
			lines = append(lines, line)
			continue
		}
		hostileCase(t, lines)
		lines = nil
	}
	hostileCase(t, lines)
}

func hostileCase(t *testing.T, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.Run(strings.TrimPrefix(lines[0], "# "), func(t *testing.T) {
		w := &witness{}
		p := dialPeer(t, serve(t, w, false))
		var want, sees string
		var head, tail []string
		var data []string
		for _, line := range lines[1:] {
			verb, rest, _ := strings.Cut(line, " ")
			text := unquote(t, rest)
			switch verb {
			case "head":
				head = append(head, field(text)...)
			case "data":
				data = append(data, text)
			case "tail":
				tail = append(tail, field(text)...)
			case "want":
				want = rest
			case "sees":
				sees = rest
			}
		}
		p.send(head, data, tail)
		if got := p.over(1).verdict(); got != want {
			t.Errorf("answered %q, want %q", got, want)
		}
		if got := strings.Join(w.take(), "\n"); got != sees {
			t.Errorf("handler saw %q, want %q", got, sees)
		}
	})
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
	return out
}
