package custom

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
)

const (
	within = 20 * time.Second
	limit  = 10_000 // of an answer here, in bytes
)

// world is a server and a source that reads it.
type world struct {
	*httptest.Server

	answer atomic.Value // a handler
	out    chan registry.Snapshot
}

func start(t *testing.T, c Config) *world {
	w := &world{out: make(chan registry.Snapshot)}
	w.say(`[]`)
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer.Load().(http.HandlerFunc)(rw, r) }))
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.StartTLS()
	t.Cleanup(w.Server.Close)
	c.URL, c.Retry, c.Timeout = w.URL+"/routes?key=s3cret", time.Millisecond, within
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.limit = limit
	if want := "custom " + w.URL + "/routes"; s.Name() != want {
		t.Errorf("its name is %q, want %q", s.Name(), want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, w.out) }()
	t.Cleanup(func() {
		cancel()
		if err := testenv.Next(t, within, "the end", done); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	return w
}

func (w *world) say(body string) {
	w.answer.Store(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte(body)) }))
}

// until receives until there is a snapshot of this text.
func (w *world) until(t *testing.T, text string) registry.Snapshot {
	t.Helper()
	for {
		if s := testenv.Next(t, within, text, w.out); s.Err == nil && s.Commands[0].Text == text {
			return s
		}
	}
}

// fails receives until there is an error, which says want and nothing secret.
func (w *world) fails(t *testing.T, want string) registry.Snapshot {
	t.Helper()
	for {
		s := testenv.Next(t, within, want, w.out)
		if s.Err == nil || !strings.Contains(s.Err.Error(), want) {
			continue
		}
		if strings.Contains(s.Err.Error(), "s3cret") {
			t.Errorf("the error tells the query: %v", s.Err)
		}
		return s
	}
}

const (
	one     = `{"cmd":"route add","service":"web","src":"a.test/","dst":"http://10.0.0.1:80/","weight":0.1,"opts":{"strip":"/x"}}`
	oneText = "route add web a.test/ http://10.0.0.1:80/ weight 0.1 opts \"strip=/x\"\n"
	two     = `{"cmd":"route add","service":"web","src":"a.test/","dst":"http://10.0.0.2:80/"}`
	twoText = "route add web a.test/ http://10.0.0.2:80/\n"
)

func TestEachAnswerIsReadAnew(t *testing.T) {
	w := start(t, Config{Poll: time.Millisecond, InsecureSkipVerify: true, NoRouteHTML: "<p>"})
	if s := w.until(t, ""); s.NoRouteHTML != "<p>" || s.Commands[0].Source != "custom "+w.URL+"/routes" {
		t.Errorf("snapshot %+v", s)
	}
	w.say("[" + one + "]")
	w.until(t, oneText)
	w.say("[" + two + "]")
	w.until(t, twoText)
	w.say("[7," + one + "]")
	if s := w.until(t, "\n"+oneText); len(s.Problems) != 1 || s.Problems[0].Source != s.Commands[0].Source+":1" {
		t.Errorf("problems %+v", s.Problems)
	}
	w.say("[]")
	w.until(t, "")
}

func TestAnErrorKeepsTheLastGoodAnswer(t *testing.T) {
	w := start(t, Config{Poll: time.Millisecond, InsecureSkipVerify: true})
	w.say("[" + one + "]")
	good := w.until(t, oneText)
	for _, c := range []struct {
		answer http.HandlerFunc
		want   string
	}{
		{func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) }, "500"},
		{func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte("[" + two)) }, "not JSON"},
		{func(rw http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{func(rw http.ResponseWriter, _ *http.Request) {
			rw.Write([]byte("[" + strings.Repeat(" ", limit)))
		}, "too large"},
	} {
		w.answer.Store(c.answer)
		s := w.fails(t, c.want)
		if s.Commands[0].Text != oneText || s.At.Before(good.At) {
			t.Errorf("with an error %v it knows %q of %v, want what was good at %v", s.Err, s.Commands[0].Text, s.At, good.At)
		}
	}
	w.say("[" + one + "]")
	w.until(t, oneText)
}

func TestACertificateThatNobodyVouchesFor(t *testing.T) {
	w := start(t, Config{Poll: time.Millisecond})
	if s := w.fails(t, "certificate"); !s.At.IsZero() || len(s.Commands) > 0 {
		t.Errorf("it claims to know something: %+v", s)
	}
}
