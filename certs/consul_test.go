package certs

import (
	"bytes"
	"net/http"
	"testing"

	"weir/internal/testenv"
)

// TestKeysOfConsulAreFollowed changes them in a real agent.
func TestKeysOfConsulAreFollowed(t *testing.T) {
	consul := testenv.SharedConsul(t)
	m := newMaterial(t)
	kv := "http://" + consul.Addr + "/v1/kv/"
	put := func(key string, value []byte) { ask(t, http.MethodPut, kv+consul.Key(key), value) }
	put("certs/a-cert.pem", m.text("a.cert"))
	put("certs/a-key.pem", m.text("a.key"))
	put("certs/sub/b.pem", m.text("b"))
	put("certs2/other.pem", m.text("other"))
	put("ca/one", m.text("ca.cert"))
	s := run(t, Config{Name: "c", Type: "consul", Cert: kv + consul.Key("certs") + "?token=hush", ClientCA: kv + consul.Key("ca")}, around())
	await(t, s, "a b")
	put("certs/sub/b.pem", []byte("junk"))
	await(t, s, "a b", consul.Key("certs/sub/b.pem")+": failed to find any PEM data in certificate input; the last good one stays")
	put("certs/sub/b.pem", m.text("c"))
	await(t, s, "a c")
	ask(t, http.MethodDelete, kv+consul.Key("certs/")+"?recurse", nil)
	await(t, s, "a c", "no certificate is there any more; the last ones stay")
	put("certs/d.pem", m.text("d"))
	put("ca/one", []byte("junk"))
	await(t, s, "d", consul.Key("ca/one")+": holds no certificate in PEM; the last good authorities stay")
}

func ask(t *testing.T, method, url string, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Fatal(method, url, resp.Status)
	}
}

// TestConsulAway keeps what was read.
func TestConsulAway(t *testing.T) {
	consul := testenv.StartConsul(t)
	m := newMaterial(t)
	key := "http://" + consul.Addr + "/v1/kv/certs"
	ask(t, http.MethodPut, key+"/a.pem", m.text("a"))
	s := run(t, Config{Name: "c", Type: "consul", Cert: key}, around())
	await(t, s, "a")
	consul.Stop()
	await(t, s, "a", "consul "+consul.Addr+", key certs: ")
	consul.Restart()
	await(t, s, "a", "no certificate is there any more")
	ask(t, http.MethodPut, key+"/b.pem", m.text("b"))
	await(t, s, "b")
}
