package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weir/proxy/exchange"
	"weir/route"
)

// drained is a world whose target can drain.
type drained struct {
	*world
	drains *exchange.Drains
	routes string
}

// startDrained runs a proxy in front of a target, over TLS if secure.
func startDrained(t *testing.T, addr string, secure bool) *drained {
	d := &drained{drains: &exchange.Drains{}, routes: "route add svc / http://" + addr}
	options := []option{func(w *world, _ *Transport) { w.engine.Drains = d.drains }}
	if secure {
		options = append(options, overTLS(t))
	}
	d.world = start(t, "http://"+addr, options...)
	d.drains.Live = d.engine.Handler.(*exchange.Handler).Chooser.Live
	return d
}

// drain begins to drain the target for an hour.
func (d *drained) drain() {
	table, _ := route.Build(route.Input{
		Commands: []route.Commands{{Text: d.routes}},
		Drains:   []route.Drain{{Version: "v1", Instances: []route.Name{{Service: "svc"}}, Since: time.Now(), Max: time.Hour, Rate: 1}},
	})
	d.drains.Live.Store(table)
	d.look(0)
}

// look looks at the connections as if it were so much later, and counts.
func (d *drained) look(later time.Duration) (open int) {
	l := d.drains.Look(time.Now().Add(later))
	d.each(func(c *Conn) error { c.Look(l); return nil })
	l.End()
	for _, n := range d.drains.Report().Open {
		open += n
	}
	return open
}

// held is a target whose answers the test lets go on.
type held struct {
	*httptest.Server
	came, head, goOn chan struct{}
	gone             chan error // why an answer broke off
}

func hold(t *testing.T) *held {
	h := &held{came: make(chan struct{}, 10), head: make(chan struct{}, 10), goOn: make(chan struct{}, 10), gone: make(chan error, 10)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait := func(c chan struct{}) {
			select {
			case <-c:
			case <-r.Context().Done():
				h.gone <- r.Context().Err()
				panic(http.ErrAbortHandler)
			}
		}
		h.came <- struct{}{}
		wait(h.head)
		io.WriteString(w, "begun ")
		http.NewResponseController(w).Flush()
		wait(h.goOn)
		io.WriteString(w, "whole")
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *held) addr() string { return strings.TrimPrefix(h.URL, "http://") }

// client returns what asks over a connection that stays.
func (d *drained) client(t *testing.T) (get func() (*http.Response, error)) {
	transport := &http.Transport{}
	url := "http://" + d.addr
	if d.tls != nil {
		url, transport.TLSClientConfig = "https://"+d.addr, &tls.Config{ServerName: "a.test", RootCAs: d.tls.Roots}
	}
	t.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	return func() (*http.Response, error) { return c.Get(url) }
}

func TestDrainOfRequests(t *testing.T) {
	for name, secure := range map[string]bool{"http": false, "https": true} {
		t.Run(name, func(t *testing.T) {
			h := hold(t)
			d := startDrained(t, h.addr(), secure)
			get := d.client(t)
			ask := func() chan string {
				said := make(chan string, 1)
				go func() {
					r, err := get()
					if err != nil {
						said <- err.Error()
						return
					}
					defer r.Body.Close()
					body, err := io.ReadAll(r.Body)
					said <- fmt.Sprint(r.StatusCode, " ", r.Close, " ", strings.TrimSpace(string(body)), " ", err)
				}()
				<-h.came
				return said
			}
			before := ask()
			d.drain()
			if open := d.look(59 * time.Minute); open != 1 {
				t.Errorf("%d are open, want 1", open)
			}
			h.head <- struct{}{}
			h.goOn <- struct{}{}
			if got := <-before; got != "200 true begun whole <nil>" {
				t.Errorf("an answer under way is %s", got)
			}
			after := ask()
			d.look(2 * time.Hour)
			h.head <- struct{}{}
			h.goOn <- struct{}{}
			if got := <-after; got != "200 false begun whole <nil>" {
				t.Errorf("who asks by name gets %s", got)
			}
		})
	}
}

// TestDrainEndsRequests at its end: those that have no answer yet are told why.
func TestDrainEndsRequests(t *testing.T) {
	for name, begun := range map[string]bool{"before the answer": false, "in the answer": true} {
		t.Run(name, func(t *testing.T) {
			h := hold(t)
			d := startDrained(t, h.addr(), false)
			get := d.client(t)
			said := make(chan string, 1)
			go func() {
				r, err := get()
				if err != nil {
					said <- err.Error()
					return
				}
				defer r.Body.Close()
				if begun {
					io.ReadFull(r.Body, make([]byte, len("begun ")))
					said <- "begun"
				}
				body, err := io.ReadAll(r.Body)
				said <- fmt.Sprint(r.StatusCode, " ", strings.TrimSpace(string(body)), " ", err)
			}()
			<-h.came
			want := "503 the version is being taken out of service <nil>"
			if begun {
				h.head <- struct{}{}
				<-said
				want = "200  unexpected EOF"
			}
			d.drain()
			d.look(time.Hour)
			if got := <-said; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if err := <-h.gone; !errors.Is(err, context.Canceled) {
				t.Errorf("the target saw %v", err)
			}
		})
	}
}

// TestDrainEndsSockets, on both sides and not before its end.
func TestDrainEndsSockets(t *testing.T) {
	for name, secure := range map[string]bool{"ws": false, "wss": true} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan error, 1)
			addr := serveSockets(t, func(ctx context.Context, c *websocket.Conn) {
				for {
					kind, p, err := c.Read(ctx)
					if err == nil {
						err = c.Write(ctx, kind, p)
					}
					if err != nil {
						ended <- err
						return
					}
				}
			})
			d := startDrained(t, addr, secure)
			ctx, c := openSocket(t, d.world)
			d.drain()
			d.look(59 * time.Minute)
			if err := c.Write(ctx, websocket.MessageText, []byte("on")); err != nil {
				t.Fatal(err)
			}
			if _, p, err := c.Read(ctx); string(p) != "on" || err != nil {
				t.Fatalf("got %q, %v", p, err)
			}
			d.look(time.Hour)
			if _, _, err := c.Read(ctx); !errors.Is(err, io.EOF) {
				t.Errorf("the client got %v, want the end of input", err)
			}
			if err := <-ended; err == nil {
				t.Error("the target's side goes on")
			}
		})
	}
}
