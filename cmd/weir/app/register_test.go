package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

const patience = 30 * time.Second

// onConsul is a weir that reads and registers what belongs to the test, at the
// agent of addr.
func onConsul(t *testing.T, c *testenv.Consul, addr string, args ...string) *App {
	t.Helper()
	return configured(t, append([]string{
		"-registry.backend", "consul", "-registry.consul.addr", addr, "-registry.consul.tagprefix", "other-," + c.Name("urlprefix-"),
		"-registry.consul.kvpath", c.Key("config"), "-store.consul.prefix", c.Key("weir"), "-registry.consul.register.name", c.Name("fabio"),
	}, args...)...)
}

// passing waits until there is one passing instance of a service, and returns
// its address.
func passing(t *testing.T, c *testenv.Consul, service string) (addr string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		var list []struct {
			Service struct {
				Address string
				Port    int
			}
		}
		resp, err := http.Get("http://" + c.Addr + "/v1/health/service/" + service + "?passing")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list) != 1 {
			return fmt.Errorf("%d instances of %s are well (%v)", len(list), service, err)
		}
		addr = fmt.Sprintf("%s:%d", list[0].Service.Address, list[0].Service.Port)
		return nil
	})
	return addr
}

// TestWeirRegistersItself: under its own name, and under those that routes ask
// for, with a check that Consul itself finds passing.
func TestWeirRegistersItself(t *testing.T) {
	c := testenv.SharedConsul(t)
	b := testenv.HTTPBackend(t, "target")
	host, port, _ := net.SplitHostPort(b.Addr)
	number, _ := net.LookupPort("tcp", port)
	c.Register(testenv.Service{Name: c.Name("web"), Address: host, Port: number, Tags: []string{c.Name("urlprefix-") + "a.test/ register=" + c.Name("edge")}})
	at := run(t, onConsul(t, c, c.Addr, "-proxy.localip", "192.0.2.7"))
	want := fmt.Sprintf("192.0.2.7:%d", at.Admin.(*net.TCPAddr).Port)
	for _, name := range []string{"fabio", "edge"} {
		if got := passing(t, c, c.Name(name)); got != want {
			t.Errorf("%s is at %s, want %s", name, got, want)
		}
	}
	if got := ask(t, at.Listeners[0].String(), "a.test"); got != "target" {
		t.Errorf("%s answers", got)
	}
}

// TestWeirLeavesConsulBeforeItDrains holds the deregistration up, and asks the
// listener meanwhile.
func TestWeirLeavesConsulBeforeItDrains(t *testing.T) {
	c := testenv.SharedConsul(t)
	target, err := url.Parse("http://" + c.Addr)
	if err != nil {
		t.Fatal(err)
	}
	next, came, release := httputil.NewSingleHostReverseProxy(target), make(chan struct{}), make(chan struct{})
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/agent/service/deregister/") {
			came <- struct{}{}
			<-release
		}
		next.ServeHTTP(w, r)
	}))
	defer agent.Close()
	a := onConsul(t, c, strings.TrimPrefix(agent.URL, "http://"), "-proxy.noroutestatus", "418")
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan Addresses, 1), make(chan error, 1)
	a.Started = func(at Addresses) { started <- at }
	go func() { ended <- a.Run(ctx) }()
	at := testenv.Next(t, patience, "the start", started)
	passing(t, c, c.Name("fabio"))
	cancel()
	testenv.Next(t, patience, "the deregistration", came)
	for url, want := range map[string]int{"http://" + at.Admin.String() + "/health": 503, "http://" + at.Listeners[0].String() + "/": 418} {
		resp, err := http.Get(url)
		if err != nil {
			t.Error(err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s answers %s, want %d", url, resp.Status, want)
		}
	}
	close(release)
	if err := testenv.Next(t, patience, "the end", ended); err != nil {
		t.Error(err)
	}
	resp, err := http.Get("http://" + c.Addr + "/v1/catalog/service/" + c.Name("fabio"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []any
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list) > 0 {
		t.Errorf("Consul still has %v (%v)", list, err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestWhereWeirIsRegistered(t *testing.T) {
	for _, c := range []struct{ addr, admin, local, want string }{
		{"", "127.0.0.1:9998", "10.0.0.1", "10.0.0.1 9998 127.0.0.1:9998"},
		{"", "0.0.0.0:9998", "10.0.0.1", "10.0.0.1 9998 10.0.0.1:9998"},
		{"", "[::]:9998", "", " 9998 127.0.0.1:9998"},
		{":9997", "127.0.0.1:9998", "10.0.0.1", "10.0.0.1 9997 127.0.0.1:9998"},
		{":9997", "[::]:9998", "fd00::1", "fd00::1 9997 [fd00::1]:9997"},
		{"edge.test:80", "127.0.0.1:9998", "10.0.0.1", "edge.test 80 edge.test:80"},
	} {
		admin, err := net.ResolveTCPAddr("tcp", c.admin)
		if err != nil {
			t.Fatal(err)
		}
		r := place(c.addr, admin, c.local)
		if got := fmt.Sprintf("%s %d %s", r.address, r.port, r.check); got != c.want {
			t.Errorf("register.addr=%s ui.addr=%s: %s, want %s", c.addr, c.admin, got, c.want)
		}
	}
}
