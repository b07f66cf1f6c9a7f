package testenv_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"weir/internal/testenv"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }

func get(t *testing.T, url string, conf *tls.Config) (string, error) {
	t.Helper()
	client := http.Client{
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: conf},
		Timeout:   10 * time.Second,
	}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return string(body), err
}

func TestBackendsSayTheirName(t *testing.T) {
	plain, secure := testenv.HTTPBackend(t, "v1"), testenv.TLSBackend(t, "v2", "a.example.com")
	if body, err := get(t, "http://"+plain.Addr, nil); err != nil || body != "v1" || plain.Served() != 1 {
		t.Error(body, err, plain.Served())
	}
	conf := &tls.Config{RootCAs: secure.Roots, ServerName: "a.example.com"}
	if body, err := get(t, "https://"+secure.Addr, conf); err != nil || body != "v2" {
		t.Error(body, err)
	}
	plain.Stop()
	if _, err := get(t, "http://"+plain.Addr, nil); err == nil {
		t.Error("a stopped backend answers")
	}
}

func TestTCPBackendEchoesAfterItsName(t *testing.T) {
	b := testenv.TCPBackend(t, "v1")
	conn, err := net.Dial("tcp", b.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "hello")
	conn.(*net.TCPConn).CloseWrite()
	r := bufio.NewReader(conn)
	name, _ := r.ReadString('\n')
	rest, err := io.ReadAll(r)
	if name != "v1\n" || string(rest) != "hello" || err != nil {
		t.Error(name, string(rest), err)
	}
}

func TestRefusedAddrRefuses(t *testing.T) {
	if _, err := net.Dial("tcp", testenv.RefusedAddr(t)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error(err)
	}
}

func TestRelayMisbehavesOnDemand(t *testing.T) {
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	url := "http://" + relay.Addr + "/v1/catalog/datacenters"
	if _, err := get(t, url, nil); err != nil {
		t.Fatal(err)
	}
	relay.Fail("/v1/catalog/", 500)
	if _, err := get(t, url, nil); err == nil {
		t.Error("a failing path answers")
	}
	relay.Fail("/v1/catalog/", 0)
	relay.Cut()
	if _, err := get(t, url, nil); err == nil {
		t.Error("a cut relay answers")
	}
	relay.Mend()
	if _, err := get(t, url, nil); err != nil {
		t.Error(err)
	}
	if n := len(relay.Requests()); n != 4 {
		t.Errorf("%d requests were counted, want 4", n)
	}
}

func TestCutEndsABlockedQuery(t *testing.T) {
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	done := make(chan error)
	go func() {
		_, err := get(t, "http://"+relay.Addr+"/v1/kv/"+consul.Key("x")+"?index=999999&wait=5m", nil)
		done <- err
	}()
	testenv.Eventually(t, 5*time.Second, func() error {
		if len(relay.Requests()) == 0 {
			return errors.New("no request yet")
		}
		return nil
	})
	relay.Cut()
	if err := <-done; err == nil {
		t.Error("the query ended well")
	}
}

func TestConsulComesBackEmpty(t *testing.T) {
	consul := testenv.StartConsul(t)
	consul.PutKV(consul.Key("x"), "1")
	url := "http://" + consul.Addr + "/v1/kv/" + consul.Key("x") + "?raw"
	if body, err := get(t, url, nil); err != nil || body != "1" {
		t.Fatal(body, err)
	}
	consul.Stop()
	consul.Restart()
	if body, err := get(t, url, nil); err == nil {
		t.Errorf("the key is still there: %q", body)
	}
}
