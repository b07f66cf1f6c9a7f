package proxy

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

// at returns the listeners that w began with, at the addresses they got, but
// those of protocols that are left out.
func (w *world) at(without ...string) (all []Listener) {
	for _, l := range w.Listeners {
		if !slices.Contains(without, l.Proto) {
			all = append(all, l)
		}
	}
	return all
}

// apply changes the listeners, and notes where they are.
func (w *world) apply(listeners []Listener) {
	w.t.Helper()
	addrs, err := w.Apply(w.t.Context(), listeners)
	if err != nil {
		w.t.Fatal(err)
	}
	clear(w.addrs)
	for i, addr := range addrs {
		w.addrs[listeners[i].Proto] = addr.String()
	}
}

// of returns the listener of a protocol.
func of(all []Listener, proto string) *Listener {
	return &all[slices.IndexFunc(all, func(l Listener) bool { return l.Proto == proto })]
}

// What a listener has goes on as it began; what it gets from now on is served
// as the new value says, and listeners that did not change notice nothing.
func TestApplyChangesAndKeeps(t *testing.T) {
	web, tcp := testenv.HTTPBackend(t, "web"), testenv.TCPBackend(t, "tcp")
	w := start(t, fmt.Sprintf("route add web / http://%s\nroute add tcp {tcp} tcp://%s", web.Addr, tcp.Addr))
	relayed := w.dial("tcp")
	expectLine(t, relayed, "tcp")
	old := w.client("https", w.roots, h2)
	expectBody(t, old, "https://own.test/", "HTTP/2.0 web")
	before := w.addrs["https"]

	cert := testenv.NewCert(t, "new.test")
	listeners := w.at("tcp+sni")
	of(listeners, "https").TLS = &tls.Config{Certificates: []tls.Certificate{cert.TLS}, NextProtos: []string{"h2", "http/1.1"}}
	gone := w.addrs["tcp+sni"]
	w.apply(listeners)

	if w.addrs["https"] != before {
		t.Errorf("https moved from %s to %s", before, w.addrs["https"])
	}
	io.WriteString(relayed, "more\n")
	expectLine(t, relayed, "more")
	expectBody(t, old, "https://own.test/", "HTTP/2.0 web") // on the connection it has
	expectBody(t, w.client("https", cert.Roots, h2), "https://new.test/", "HTTP/2.0 web")
	expectBody(t, w.client("https+tcp+sni", w.roots, h1), "https://own.test/", "HTTP/1.1 web")
	if c, err := net.Dial("tcp", gone); err == nil {
		c.Close()
		t.Error("tcp+sni is still open")
	}
	w.apply(w.at())
	expectBody(t, w.client("https", w.roots, h2), "https://own.test/", "HTTP/2.0 web")
	w.dial("tcp+sni")
}

// The connections of a listener that is removed end as at shutdown.
func TestApplyDrainsRemoved(t *testing.T) {
	release, asked := make(chan struct{}), make(chan struct{}, 1)
	slow := testenv.HandlerBackend(t, "slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			asked <- struct{}{}
			<-release
		}
		io.WriteString(w, "done")
	}))
	w := start(t, "route add slow / http://"+slow.Addr)
	other := w.client("https", w.roots, h1)
	expectBody(t, other, "https://own.test/", "HTTP/1.1 done")
	idle := w.dial("http")
	client := w.client("http", nil, h1)
	answered := make(chan struct{})
	go func() {
		expectBody(t, client, "http://own.test/slow", "HTTP/1.1 done")
		close(answered)
	}()
	receive(t, asked, "request")
	w.open(3)
	w.apply(w.at("http"))
	expectEnd(t, idle)
	w.open(2)
	close(release)
	receive(t, answered, "answer")
	w.open(1)
	expectBody(t, other, "https://own.test/", "HTTP/1.1 done")
	w.open(1) // on the connection it had
}

// When one listener cannot be opened, nothing changes.
func TestApplyFails(t *testing.T) {
	web := testenv.HTTPBackend(t, "web")
	w := start(t, "route add web / http://"+web.Addr)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	before := descriptors(t)
	listeners := w.at("tcp+sni")
	of(listeners, "https").TLS = &tls.Config{}
	of(listeners, "http").Proto = "tcp"
	listeners = append(listeners, Listener{Addr: "127.0.0.1:0", Proto: "http", HTTP: listeners[0].HTTP},
		Listener{Addr: taken.Addr().String(), Proto: "http", HTTP: listeners[0].HTTP}, Listener{Addr: "127.0.0.1:0", Proto: "udp"})
	_, err = w.Apply(t.Context(), listeners)
	if err == nil || !strings.Contains(err.Error(), taken.Addr().String()+" (http)") || !strings.Contains(err.Error(), `"udp"`) {
		t.Errorf("the error is %v, want it to name both listeners", err)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	expectBody(t, w.client("http", nil, h1), "http://own.test/", "HTTP/1.1 web")
	expectBody(t, w.client("https", w.roots, h1), "https://own.test/", "HTTP/1.1 web")
	w.dial("tcp+sni")
}

// A listener can change to a protocol whose connections are taken in another
// way: its socket stays, and so do its connections.
func TestApplyChangesProtocol(t *testing.T) {
	web, tcp := testenv.HTTPBackend(t, "web"), testenv.TCPBackend(t, "tcp")
	w := start(t, "route add web / http://"+web.Addr)
	one := w.at("https", "tcp", "tcp+sni", "https+tcp+sni")
	w.apply(one)
	client, addr := w.client("http", nil, h1), w.addrs["http"]
	w.addrs["tcp"] = addr
	w.route(fmt.Sprintf("route add web / http://%s\nroute add tcp {tcp} tcp://%s", web.Addr, tcp.Addr))
	expectBody(t, client, "http://own.test/", "HTTP/1.1 web")

	one[0].Proto = "tcp"
	w.apply(one)
	if w.addrs["tcp"] != addr {
		t.Errorf("moved from %s to %s", addr, w.addrs["tcp"])
	}
	testenv.Eventually(t, patience, func() error { // one more may be served as before
		if buf := make([]byte, 3); must(w.dial("tcp").Read(buf)) != 3 || string(buf) != "tcp" {
			return fmt.Errorf("got %q", buf)
		}
		return nil
	})
	expectBody(t, client, "http://own.test/", "HTTP/1.1 web") // on the connection it has
	one[0].Proto = "http"
	w.apply(one)
	testenv.Eventually(t, patience, func() error {
		resp, err := w.client("http", nil, h1).Get("http://own.test/")
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
}

// Changes under way cost no client its connection.
func TestApplyUnderLoad(t *testing.T) {
	web := testenv.HTTPBackend(t, "web")
	w := start(t, "route add web / http://"+web.Addr)
	over, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for proto, url := range map[string]string{"http": "http://own.test/", "https": "https://own.test/", "https+tcp+sni": "https://own.test/"} {
		client := w.client(proto, w.roots, h1)
		client.Transport.(*http.Transport).DisableKeepAlives = true
		clients.Go(func() {
			for over.Err() == nil {
				expectBody(t, client, url, "HTTP/1.1 web")
			}
		})
	}
	for i := range 30 {
		served := web.Served()
		testenv.Holds(t, patience, "nobody asks", func() bool { return web.Served() > served+3 })
		listeners := w.at([]string{"tcp", "tcp+sni"}[i%2])
		if _, err := w.Apply(t.Context(), listeners); err != nil {
			t.Error(err)
		}
	}
	stop()
	clients.Wait()
}

// The handler and the limits are the listener's as well.
func TestApplyHandlerAndLimits(t *testing.T) {
	w := start(t, "")
	listeners := w.at()
	http := of(listeners, "http")
	handler := exchange.Handler{Chooser: http.HTTP.Chooser, Observer: w.Observer, NoRoute: func() (int, []byte) { return 418, nil }}
	http.HTTP, http.MaxConns = &handler, 1
	w.apply(listeners)
	c := w.dial("http")
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: own.test\r\n\r\n")
	expectLine(t, c, "HTTP/1.1 418 \r")
	expectEnd(t, w.dial("http"))
	if reason := receive(t, w.refused, "refusal"); reason != "listener full" {
		t.Errorf("refused for %q", reason)
	}
}

func TestApplyNeedsRun(t *testing.T) {
	if _, err := (&Server{}).Apply(t.Context(), nil); err != errNotServing {
		t.Errorf("before Run the error is %v", err)
	}
	w := start(t, "")
	w.stop()
	w.ended()
	if _, err := w.Apply(t.Context(), w.at()); err != errNotServing {
		t.Errorf("after Run the error is %v", err)
	}
}
