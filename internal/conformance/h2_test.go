package conformance

import (
	"testing"
	"time"
)

// h2Case is a request in frames. In the texts each character stands for a byte.
type h2Case struct {
	rules
	Head     []string `json:"head"` // names and values
	Body     string   `json:"body"`
	Trailers []string `json:"trailers"`
	WantBody *string  `json:"want_body"`
}

// TestHostileHTTP2: what no HTTP/2 client may send gets to no target, which
// HTTP/1.1 is spoken to.
func TestHostileHTTP2(t *testing.T) {
	t.Parallel()
	l := newLab(t, "https")
	for _, c := range readCases[h2Case](t, "testdata/hostile/h2.json") {
		t.Run(c.Name, func(t *testing.T) { l.hostileHTTP2(t, c) })
	}
}

func (l *lab) hostileHTTP2(t *testing.T, c h2Case) {
	l.reset()
	p := dialH2(t, l.addr)
	c.send(p)
	var end ending
	p.wait(1600*time.Millisecond, func() bool {
		if n := p.status[1]; n > 0 {
			end.statuses = []int{n}
		}
		end.ended = p.closed || p.goAway || p.reset[1]
		return end.ended || end.statuses != nil
	})
	p.close()
	l.alive(t)
	c.Max = 1
	if c.Outcome == "forward" {
		c.Forward = 1
	}
	var body []byte
	if c.WantBody != nil {
		body = []byte(*c.WantBody)
	}
	got := l.got()
	if len(got.messages) == 0 && end.statuses != nil {
		end.ended = true // whatever it is, it is weir's own answer
	}
	for _, wrong := range c.judge(got, end, body) {
		t.Errorf("%s: %s\nanswered %v, ended %v; the target got\n%.500q", c.Why, wrong, end.statuses, end.ended, got.raw)
	}
}

func (c h2Case) send(p *h2peer) {
	p.head(1, c.Body == "" && c.Trailers == nil, latin1(c.Head)...)
	if c.Body != "" {
		p.WriteData(1, c.Trailers == nil, []byte(toLatin1(c.Body)))
	}
	if c.Trailers != nil {
		p.head(1, true, latin1(c.Trailers)...)
	}
}

func latin1(list []string) (out []string) {
	for _, text := range list {
		out = append(out, toLatin1(text))
	}
	return out
}
