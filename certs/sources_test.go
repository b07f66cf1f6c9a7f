package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/tlssni"
)

// proxyWith makes the sources of one proxy that has this secret.
func proxyWith(t *testing.T, secret string, list ...Config) *Sources {
	t.Helper()
	s := &Sources{Around: around(), Secret: func(context.Context) ([]byte, error) {
		if secret == "" {
			return nil, errors.New("the store is away")
		}
		return []byte(secret), nil
	}}
	if err := s.Use(list); err != nil {
		t.Fatal(err)
	}
	runs(t, s.Run)
	return s
}

// TestAnyProxyOfAFleetResumes begins sessions at one proxy and goes on at others.
func TestAnyProxyOfAFleetResumes(t *testing.T) {
	m, file := newMaterial(t), filepath.Join(t.TempDir(), "a.pem")
	put(t, file, m.text("a"))
	source := func(name string) Config { return Config{Name: name, Type: "file", Cert: file} }
	ends := func(secret, name string) *tls.Config {
		return proxyWith(t, secret, source(name)).TLS(name, tlssni.Options{})
	}
	one := ends("a secret of a fleet", "main")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for who, other := range map[string]struct {
			conf   *tls.Config
			resume bool
		}{
			"the same proxy":           {one, true},
			"another one":              {ends("a secret of a fleet", "main"), true},
			"one of another fleet":     {ends("another secret", "main"), false},
			"another source":           {ends("a secret of a fleet", "other"), false},
			"one that reads no secret": {ends("", "main"), false},
		} {
			try := func() bool {
				client := &tls.Config{ServerName: "a.test", MaxVersion: version, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
				if _, resumed, err := handshake(t, one, client); err != nil || resumed {
					t.Fatal(resumed, err)
				}
				_, resumed, err := handshake(t, other.conf, client)
				if err != nil {
					t.Fatal(err)
				}
				return resumed
			}
			if other.resume { // once both have their keys
				testenv.Holds(t, 30*time.Second, who+" does not resume "+tls.VersionName(version), try)
			} else if try() {
				t.Errorf("%s resumes %s", who, tls.VersionName(version))
			}
		}
	}
}

// TestClientsWithACertificateResumeAtAnyProxy does the same with authorities, which
// bring a configuration of their own.
func TestClientsWithACertificateResumeAtAnyProxy(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	put(t, dir+"/a.pem", m.text("a"))
	put(t, dir+"/ca.pem", m.text("one.cert"))
	conf := Config{Name: "main", Type: "file", Cert: dir + "/a.pem", ClientCA: dir + "/ca.pem"}
	one := proxyWith(t, "a secret of a fleet", conf).TLS("main", tlssni.Options{})
	other := proxyWith(t, "a secret of a fleet", conf).TLS("main", tlssni.Options{})
	testenv.Holds(t, 30*time.Second, "the other proxy does not resume", func() bool {
		client := &tls.Config{ServerName: "a.test", ClientSessionCache: tls.NewLRUClientSessionCache(1), Certificates: []tls.Certificate{m.cert("one").TLS}}
		if _, _, err := handshake(t, one, client); err != nil {
			t.Fatal(err)
		}
		_, resumed, err := handshake(t, other, client)
		return err == nil && resumed
	})
}

// TestTicketKeysChangeWithTime compares the keys of two times.
func TestTicketKeysChangeWithTime(t *testing.T) {
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	keys := func(at time.Time) [][32]byte {
		keys, err := ticketKeys([]byte("secret"), "main", at)
		if err != nil || len(keys) != 3 {
			t.Fatal(keys, err)
		}
		return keys
	}
	now := keys(at)
	for _, c := range []struct {
		after time.Duration
		at    int // the place of the key that makes tickets now; -1: it is gone
	}{{0, 0}, {12*time.Hour - 1, 0}, {12 * time.Hour, 1}, {24*time.Hour - 1, 1}, {24 * time.Hour, -1}, {-1, 2}} {
		place := -1
		for i, k := range keys(at.Add(c.after)) {
			if k == now[0] {
				place = i
			}
		}
		if place != c.at {
			t.Errorf("after %v the key is number %d, want %d", c.after, place, c.at)
		}
	}
}

// TestSourcesAreExchanged keeps what is the same, with its configuration of TLS,
// and changes nothing where one is bad.
func TestSourcesAreExchanged(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	file := func(name string) Config {
		put(t, filepath.Join(dir, name), m.text(name))
		return Config{Name: name, Type: "file", Cert: filepath.Join(dir, name)}
	}
	s := proxyWith(t, "a secret", file("a"), file("b"))
	a, b := s.TLS("a", tlssni.Options{}), s.TLS("b", tlssni.Options{})
	if err := s.Use([]Config{file("c"), {Name: "bad", Type: "file", Cert: dir + "/none"}}); err == nil || !strings.Contains(err.Error(), `bad: `+dir+"/none") {
		t.Error(err)
	}
	if s.TLS("a", tlssni.Options{}) != a || s.TLS("c", tlssni.Options{}) != nil {
		t.Error("sources were exchanged although one is bad")
	}
	if err := s.Use([]Config{file("b"), file("c")}); err != nil {
		t.Fatal(err)
	}
	if s.TLS("a", tlssni.Options{}) != nil || s.TLS("b", tlssni.Options{}) != b || s.TLS("b", tlssni.Options{Strict: true}) == b {
		t.Error("not the right sources, or other configurations of TLS")
	}
	s.Wait(t.Context())
	for name, conf := range map[string]*tls.Config{"a": a, "b": b, "c": s.TLS("c", tlssni.Options{})} {
		if leaf, _, err := handshake(t, conf, &tls.Config{ServerName: name + ".test"}); err != nil || leaf.DNSNames[0] != name+".test" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list := s.Status(time.Now()); len(list) != 2 || list[0].Name != "b" || list[1].Certificates[0].Key != "ECDSA P-256" {
		t.Errorf("%+v", list)
	}
}

// TestOtherOptionsOfAServerThatIsAway keep what was read from it.
func TestOtherOptionsOfAServerThatIsAway(t *testing.T) {
	m, server := newMaterial(t), newShelf(t)
	server.put("/list", "a.pem", "/a.pem", string(m.text("a")))
	conf := Config{Name: "h", Type: "http", Cert: server.URL + "/list", Refresh: 20 * time.Millisecond}
	s := proxyWith(t, "a secret", conf)
	s.Wait(t.Context())
	server.put("/list", "500 sorry")
	conf.Refresh = 30 * time.Millisecond
	if err := s.Use([]Config{conf}); err != nil {
		t.Fatal(err)
	}
	await(t, s.list()[0], "a", "500 Internal Server Error")
	server.put("/list", "b.pem", "/b.pem", string(m.text("b")))
	await(t, s.list()[0], "b")
}

// TestWhatEndsSoonIsAProblem looks at one certificate over its life.
func TestWhatEndsSoonIsAProblem(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		life, after time.Duration
		want        string
	}{
		{90 * 24 * time.Hour, -time.Second, "is not valid before 2026-01-01T00:00:00Z"},
		{90 * 24 * time.Hour, 76 * 24 * time.Hour, ""},
		{90 * 24 * time.Hour, 76*24*time.Hour + 1, "expires at 2026-04-01T00:00:00Z"},
		{90 * 24 * time.Hour, 90 * 24 * time.Hour, "has expired at 2026-04-01T00:00:00Z"},
		{24 * time.Hour, 16 * time.Hour, ""},
		{24 * time.Hour, 17 * time.Hour, "expires at 2026-01-02T00:00:00Z"},
	} {
		cert := &x509.Certificate{NotBefore: from, NotAfter: from.Add(c.life)}
		if got := ends(cert, from.Add(c.after)); got != c.want {
			t.Errorf("life %v after %v: %q, want %q", c.life, c.after, got, c.want)
		}
	}
}

// gateway makes a self-signed certificate that lacks the mark of an authority, as
// Amazon's API gateway has them, and one of a client that it signed.
func gateway(t *testing.T) (authority []byte, client tls.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	self := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ApiGateway"}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, self, self, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "client"}, NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, self, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}
}

// TestClientsOfAnAuthorityWithoutItsMark are let in by caupgcn alone.
func TestClientsOfAnAuthorityWithoutItsMark(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	authority, client := gateway(t)
	put(t, dir+"/a.pem", m.text("a"))
	put(t, dir+"/ca.pem", authority)
	for cn, want := range map[string]bool{"": false, "Other": false, "ApiGateway": true} {
		s := run(t, Config{Name: "g", Type: "file", Cert: dir + "/a.pem", ClientCA: dir + "/ca.pem", UpgradeCN: cn}, around())
		_, _, err := handshake(t, s.TLS(tlssni.Options{}), &tls.Config{Certificates: []tls.Certificate{client}})
		if (err == nil) != want {
			t.Errorf("caupgcn=%s: %v, want it to be let in: %v", cn, err, want)
		}
	}
}
