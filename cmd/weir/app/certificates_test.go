package app

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
	"weir/route"
	"weir/store/embedded"
)

// TestCertificatesOfAFolder serves one to clients and to the admin's, and tells of
// the bad one beside it wherever people look.
func TestCertificatesOfAFolder(t *testing.T) {
	dir, good := t.TempDir(), testenv.NewCert(t, "a.test", "127.0.0.1")
	write(t, filepath.Join(dir, "good.pem"), append(good.PEM, good.Key...))
	write(t, filepath.Join(dir, "bad.pem"), []byte("junk"))
	b := testenv.HTTPBackend(t, "backend")
	at := run(t, configured(t, "-proxy.cs", "cs=c;type=path;cert="+dir+";refresh=1s", "-proxy.addr", "127.0.0.1:0;cs=c",
		"-ui.addr", "127.0.0.1:0;cs=c", "-registry.static.routes", "route add web a.test/ http://"+b.Addr+"/"))
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: good.Roots, ServerName: "a.test"},
	}}
	if body := fetch(t, client, "https://"+at.Listeners[0].String()+"/", "a.test"); body != "backend" {
		t.Errorf("got %q", body)
	}
	base := "https://" + at.Admin.String()
	for path, want := range map[string]string{
		"/api/v1/problems":     `"text":"c: ` + dir + `/bad.pem","reason":"failed to find any PEM data in certificate input"`,
		"/api/v1/certificates": `"names":["a.test"]`,
		"/metrics":             `weir_certificates{source="c"} 1`,
		"/health":              "OK",
	} {
		if body := fetch(t, client, base+path, ""); !strings.Contains(body, want) || strings.Contains(body, "PRIVATE KEY") {
			t.Errorf("%s has no %s:\n%s", path, want, body)
		}
	}
	write(t, filepath.Join(dir, "bad.pem"), append(good.PEM, good.Key...))
	testenv.Eventually(t, 30*time.Second, func() error {
		var answer struct{ Problems []admin.Problem }
		err := json.Unmarshal([]byte(fetch(t, client, base+"/api/v1/problems", "")), &answer)
		if err != nil || len(answer.Problems) > 0 {
			return fmt.Errorf("%v, %v", answer.Problems, err)
		}
		return nil
	})
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func fetch(t *testing.T, client *http.Client, url, host string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestClientsNeedACertificate lets one in and not the other. Without its authorities nobody gets in.
func TestClientsNeedACertificate(t *testing.T) {
	dir, server, one, other := t.TempDir(), testenv.NewCert(t, "a.test"), testenv.NewCert(t, "one"), testenv.NewCert(t, "other")
	write(t, dir+"/ca.pem", one.PEM)
	b := testenv.HTTPBackend(t, "backend")
	if err := os.Mkdir(dir+"/certs", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/certs/server.pem", append(server.PEM, server.Key...))
	source := func(ca string) string {
		return "cs=" + ca + ";type=path;cert=" + dir + "/certs;clientca=" + dir + "/" + ca
	}
	at := run(t, configured(t, "-proxy.cs", source("ca.pem")+","+source("none.pem"), "-proxy.addr", "127.0.0.1:0;cs=ca.pem,127.0.0.1:0;cs=none.pem",
		"-registry.static.routes", "route add web a.test/ http://"+b.Addr+"/"))
	for _, c := range []struct {
		listener int
		cert     []tls.Certificate
		let      bool
	}{
		{0, []tls.Certificate{one.TLS}, true}, {0, []tls.Certificate{other.TLS}, false}, {0, nil, false},
		{1, []tls.Certificate{one.TLS}, false}, {1, nil, false},
	} {
		client := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: server.Roots, ServerName: "a.test", Certificates: c.cert},
		}}
		resp, err := client.Get("https://" + at.Listeners[c.listener].String() + "/")
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != c.let {
			t.Errorf("listener %d, %d certificates: %v, want it let in: %v", c.listener, len(c.cert), err, c.let)
		}
	}
}

// TestAFleetResumesSessions begins them at one weir and goes on at another with the
// same store, by the key exchange that is first with both.
func TestAFleetResumesSessions(t *testing.T) {
	shared, err := embedded.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shared.Close() })
	file, cert := filepath.Join(t.TempDir(), "a.pem"), testenv.NewCert(t, "a.test")
	write(t, file, append(cert.PEM, cert.Key...))
	var fleet []string
	for range 2 {
		a := configured(t, "-proxy.cs", "cs=c;type=file;cert="+file, "-proxy.addr", "127.0.0.1:0;cs=c")
		a.Store = shared
		fleet = append(fleet, run(t, a).Listeners[0].String())
	}
	testenv.Holds(t, 30*time.Second, "the other one does not resume", func() bool {
		client := &tls.Config{RootCAs: cert.Roots, ServerName: "a.test", ClientSessionCache: tls.NewLRUClientSessionCache(1)}
		if first := session(t, fleet[0], client); first.DidResume || first.CurveID != tls.X25519MLKEM768 {
			t.Fatalf("the first session: %+v", first)
		}
		return session(t, fleet[1], client).DidResume
	})
}

// session makes a request, since a ticket comes before its answer at the latest.
func session(t *testing.T, addr string, client *tls.Config) tls.ConnectionState {
	t.Helper()
	conn, err := tls.Dial("tcp", addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
	return conn.ConnectionState()
}

// TestAReloadExchangesCertificates of a listener, which stays open.
func TestAReloadExchangesCertificates(t *testing.T) {
	dir, at := t.TempDir(), free(1)[0]
	certs := map[string]testenv.Cert{}
	source := func(name string) string {
		certs[name] = testenv.NewCert(t, name)
		write(t, filepath.Join(dir, name), append(certs[name].PEM, certs[name].Key...))
		return "proxy.addr = " + at + ";cs=c\nproxy.cs = cs=c;type=file;cert=" + filepath.Join(dir, name) + "\n"
	}
	r := fromFile(t, source("one.test"))
	run(t, r.App)
	serves := func(name string) {
		t.Helper()
		session(t, at, &tls.Config{RootCAs: certs[name].Roots, ServerName: name})
	}
	serves("one.test")
	r.reload(t, source("two.test"), "the configuration was read again")
	serves("two.test")
	r.reload(t, "proxy.addr = "+at+";cs=c\nproxy.cs = cs=c;type=file;cert=/nowhere\n", "the configuration was not taken")
	serves("two.test")
}

// TestNamesThatWantACertificate are those of routes, as they are now.
func TestNamesThatWantACertificate(t *testing.T) {
	live := &route.Live{}
	h := &hosts{live: live}
	publish := func(hosts ...string) {
		text := ""
		for _, host := range hosts {
			text += "route add web " + host + "/ http://" + net.JoinHostPort("127.0.0.1", "1") + "/\n"
		}
		table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: text}}})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		live.Store(table)
	}
	publish("a.test", "b.test:443", "*.wild.test", "*.c?.test", "api-*.test", "*.test", "", "10.0.0.1")
	for server, want := range map[string]string{
		"a.test": "a.test", "b.test": "b.test", "x.wild.test": "*.wild.test", "*.wild.test": "*.wild.test", "x.y.wild.test": "",
		"x.c1.test": "", "api-1.test": "", "x.test": "", "": "", "localhost": "",
	} {
		if name, ok := h.wanted(server); name != want || ok != (want != "") {
			t.Errorf("%q wants %q, want %q", server, name, want)
		}
	}
	publish("x.test")
	if name, _ := h.wanted("x.test"); name != "x.test" {
		t.Error("the next table is not looked at")
	}
	if _, ok := h.wanted("a.test"); ok {
		t.Error("a route that is gone wants a certificate")
	}
}
