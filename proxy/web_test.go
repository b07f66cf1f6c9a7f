package proxy

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// web has the http and the https listener answer by package net/http.
func web(handler http.Handler) func(*Server) {
	return func(s *Server) {
		for _, proto := range []string{"http", "https"} {
			l := *of(s.Listeners, proto)
			l.Proto, l.Web = "prometheus", handler
			s.Listeners = append(s.Listeners, l)
		}
	}
}

// A PROXY header may come before.
func TestWebBehindProxy(t *testing.T) {
	w := believing(t, web(http.NotFoundHandler()))
	addrs, err := w.Apply(t.Context(), w.Listeners)
	if err != nil {
		t.Fatal(err)
	}
	w.addrs["plain"], w.addrs["secure"] = addrs[5].String(), addrs[6].String()
	for proto, roots := range map[string]*x509.CertPool{"plain": nil, "secure": w.roots} {
		c := w.dial(proto)
		io.WriteString(c, header)
		if got := answer(t, c, roots, "own.test"); got != "404 page not found\n" {
			t.Errorf("%s: got %q", proto, got)
		}
	}
}

func TestWeb(t *testing.T) {
	asked, release := make(chan struct{}, 10), make(chan struct{})
	w := start(t, "", web(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			asked <- struct{}{}
			<-release
		}
		fmt.Fprint(w, r.URL.Path)
	})))
	addrs, err := w.Apply(t.Context(), w.Listeners)
	if err != nil {
		t.Fatal(err)
	}
	w.addrs["plain"], w.addrs["secure"] = addrs[5].String(), addrs[6].String()
	expectBody(t, w.client("plain", nil, h1), "http://own.test/a", "HTTP/1.1 /a")
	expectBody(t, w.client("secure", w.roots, h1), "https://own.test/b", "HTTP/1.1 /b")
	expectBody(t, w.client("secure", w.roots, h2), "https://own.test/c", "HTTP/2.0 /c")
	w.open(0)
	client := w.client("plain", nil, h1)
	done := make(chan struct{})
	go func() {
		expectBody(t, client, "http://own.test/slow", "HTTP/1.1 /slow")
		close(done)
	}()
	receive(t, asked, "request")
	idle := w.dial("plain")
	secure := w.dial("secure")
	w.open(3)
	w.stop()
	expectEnd(t, idle)
	expectEnd(t, secure)
	close(release)
	receive(t, done, "answer")
	w.ended()
}
