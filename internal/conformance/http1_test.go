package conformance

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// http1Case is what a client sends over HTTP/1.
type http1Case struct {
	rules
	Raw       string  `json:"raw_b64"`
	Zipped    string  `json:"raw_gz_b64"`
	Body      *string `json:"body_b64"`
	HalfClose bool    `json:"half_close"` // after sending
	QuietOK   bool    `json:"quiet_ok"`   // waiting for more is right
	Split     []int   `json:"split"`      // where to pause while sending
	Gap       int     `json:"gap_ms"`
}

// TestHostileHTTP1: no request that two readers may take differently gets to a
// target, in the clear or through TLS.
func TestHostileHTTP1(t *testing.T) {
	cases := readCases[http1Case](t, "testdata/hostile/http1.json")
	for _, listener := range []string{"http", "https"} {
		t.Run(listener, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, listener)
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { l.hostileHTTP1(t, c) })
			}
		})
	}
}

func (l *lab) hostileHTTP1(t *testing.T, c http1Case) {
	raw, err := unpack(c.Raw, c.Zipped)
	if err != nil {
		t.Fatal(err)
	}
	l.reset()
	reply, ended := c.converse(t, l.open(t), raw)
	l.alive(t)
	var body []byte
	if c.Body != nil {
		if body, err = unpack(*c.Body, ""); err != nil {
			t.Fatal(err)
		}
	}
	got, end := l.got(), ending{statuses(reply), ended}
	if c.QuietOK && len(reply) == 0 {
		end.ended = true
	}
	for _, wrong := range c.judge(got, end, body) {
		t.Errorf("%s: %s\nanswered %v, ended %v; the target got\n%.500q", c.Why, wrong, end.statuses, ended, got.raw)
	}
}

// converse sends raw in its pieces and reads until the proxy ends the
// connection or is quiet. While it has said nothing at all it gets more time.
func (c http1Case) converse(t *testing.T, conn halfCloser, raw []byte) (reply []byte, ended bool) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		at := 0
		for _, cut := range slices.Concat(c.Split, []int{len(raw)}) {
			if _, err := conn.Write(raw[at:cut]); err != nil {
				return
			}
			at = cut
			pause(t, time.Duration(c.Gap)*time.Millisecond)
		}
		if c.HalfClose {
			conn.CloseWrite()
		}
	}()
	defer func() { conn.Close(); <-sent }()
	buf := make([]byte, 64<<10)
	for {
		patience := 350 * time.Millisecond
		if len(reply) == 0 {
			patience = 1600 * time.Millisecond
		}
		conn.SetReadDeadline(time.Now().Add(patience))
		n, err := conn.Read(buf)
		reply = append(reply, buf[:n]...)
		if err != nil {
			return reply, !os.IsTimeout(err)
		}
	}
}

// pause keeps pieces apart, since that is what the case is about.
func pause(t *testing.T, d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// statuses lists those of the final answers in a reply.
func statuses(reply []byte) (all []int) {
	for _, m := range regexp.MustCompile(`HTTP/1\.[01] (\d{3})`).FindAllSubmatch(reply, -1) {
		if n, _ := strconv.Atoi(string(m[1])); n >= 200 {
			all = append(all, n)
		}
	}
	return all
}
