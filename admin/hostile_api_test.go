package admin

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzAPI: whatever anybody sends to an operation of the document, the answer is
// one that the document has, and no fault of weir's.
func FuzzAPI(f *testing.F) {
	for i := range uint64(16) {
		f.Add(drawn(i))
	}
	h := exampleWorld(f, withLogin(f))
	doc, handler := readDocument(f, h), h.Handler("")
	f.Fuzz(func(t *testing.T, by []byte) { doc.try(t, handler, by) })
}

// TestNoRequestIsAFaultOfWeirs is FuzzAPI with what chance has, the same each time.
func TestNoRequestIsAFaultOfWeirs(t *testing.T) {
	h := exampleWorld(t, withLogin(t))
	doc, handler := readDocument(t, h), h.Handler("")
	statuses := map[int]int{}
	for i := range uint64(3000) {
		statuses[doc.try(t, handler, drawn(i))]++
		if t.Failed() {
			t.Fatal("of request", i)
		}
	}
	for _, status := range []int{200, 400, 401, 403, 404, 405, 409, 412, 415, 422} {
		if statuses[status] == 0 {
			t.Errorf("no request was answered %d: %v", status, statuses)
		}
	}
}

// drawn are the bytes of a number.
func drawn(seed uint64) []byte {
	by := make([]byte, 64)
	c := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = c.Read(by) // never fails
	return by
}

// timed is an answer that has all the time there is. Of a stream the client reads
// hello and leaves.
type timed struct {
	*httptest.ResponseRecorder
	leave func()
}

func (t timed) Flush() { t.leave() }

func (timed) SetReadDeadline(time.Time) error  { return nil }
func (timed) SetWriteDeadline(time.Time) error { return nil }

// try sends one request and returns the status of its answer.
func (d *document) try(t *testing.T, handler http.Handler, by []byte) int {
	t.Helper()
	o, r := d.hostile(by)
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	asked := fmt.Sprintf("%s %s\n%v\n%.2000q\n", r.Method, r.URL, r.Header, body)
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%sit panics: %v", asked, p)
		}
	}()
	ctx, leave := context.WithCancel(r.Context())
	defer leave()
	w := httptest.NewRecorder()
	handler.ServeHTTP(timed{w, leave}, r.WithContext(ctx))
	if wrong := d.wrong(t, o, r, w); wrong != "" {
		t.Fatalf("%s%d %v\n%s\n%s", asked, w.Code, w.Header(), w.Body, wrong)
	}
	return w.Code
}

// wrong says what is wrong with an answer; empty for nothing.
func (d *document) wrong(t *testing.T, o *operation, r *http.Request, w *httptest.ResponseRecorder) string {
	kind := w.Header().Get("Content-Type")
	switch is := o.Responses[fmt.Sprint(w.Code)]; {
	case w.Code >= 500:
		return "it is a fault of weir's"
	case w.Code/100 == 3 || r.Method == http.MethodHead || kind == "text/event-stream":
		return ""
	case w.Code >= 400 && kind != "application/problem+json":
		return "an error is no problem details"
	case r.Method != o.method || w.Code == http.StatusNotFound && is == nil || d.Paths[r.URL.Path] != nil && r.URL.Path != o.path:
		return "" // another operation's, or nobody's
	case is == nil:
		return "the document does not have the status"
	case w.Code == http.StatusNoContent:
		return ""
	case is.Content[kind] == nil:
		return "the document does not have the type"
	default:
		d.check(t, is.Content[kind].pointer, kind, w.Body.String())
	}
	if t.Failed() {
		return "it is not as the document says"
	}
	if w.Code >= 400 && !slices.ContainsFunc(codes(), func(c struct {
		Code
		Status int
	}) bool {
		return strings.Contains(w.Body.String(), fmt.Sprintf("%q", c.Code))
	}) {
		return "it has no code"
	}
	return ""
}
