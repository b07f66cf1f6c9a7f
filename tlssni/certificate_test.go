package tlssni_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/tlssni"
)

// self makes a self-signed certificate for names, the first of which is also its
// common name.
func self(t *testing.T, key crypto.Signer, names ...string) *tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]},
		NotAfter: time.Now().Add(time.Hour), DNSNames: names}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// serving are certificates that are served.
func serving(all ...*tls.Certificate) *tlssni.Certificates {
	var certs tlssni.Certificates
	certs.Store(tlssni.NewSet(all))
	return &certs
}

func ecdsaKey(t *testing.T) crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// shake makes a handshake and returns the first name of the certificate served.
func shake(server, client *tls.Config) (string, *tls.ConnectionState, error) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	served := make(chan struct{})
	go func() { tls.Server(b, server).Handshake(); b.Close(); close(served) }()
	defer func() { <-served }()
	client.InsecureSkipVerify = true
	c := tls.Client(a, client)
	if err := c.Handshake(); err != nil {
		a.Close()
		return "", nil, err
	}
	a.Close()
	state := c.ConnectionState()
	return state.PeerCertificates[0].Subject.CommonName, &state, nil
}

func TestCertificateByName(t *testing.T) {
	key := ecdsaKey(t)
	certs := serving(self(t, key, "first.example"), self(t, key, "A.example.com", "b.example.com"),
		self(t, key, "*.example.com"), self(t, key, "*.sub.example.com"))
	for name, want := range map[string]string{
		"a.example.com": "A.example.com", "B.Example.com": "A.example.com", "x.example.com": "*.example.com",
		"x.sub.example.com": "*.sub.example.com", "y.x.example.com": "first.example", "example.com": "first.example",
		"other.test": "first.example", "": "first.example",
	} {
		for strict, want := range map[bool]string{false: want, true: strings.Replace(want, "first.example", "", 1)} {
			got, _, err := shake(tlssni.Config(certs, tlssni.Options{Strict: strict}), &tls.Config{ServerName: name})
			if got != want {
				t.Errorf("name %q, strict %v: served %q, want %q (%v)", name, strict, got, want, err)
			}
			if want == "" && (err == nil || !strings.Contains(err.Error(), "unrecognized name")) {
				t.Errorf("name %q, strict: error %v, want the alert unrecognized_name", name, err)
			}
		}
	}
	if want := []string{"*.example.com", "*.sub.example.com", "a.example.com", "b.example.com", "first.example"}; !slices.Equal(certs.Load().Names(), want) {
		t.Errorf("names %q, want %q", certs.Load().Names(), want)
	}
}

func TestHandshakeDefaults(t *testing.T) {
	certs := serving(self(t, ecdsaKey(t), "a.test"))
	_, state, err := shake(tlssni.Config(certs, tlssni.Options{}), &tls.Config{NextProtos: []string{"http/1.1", "h2"}})
	if err != nil || state.Version != tls.VersionTLS13 || state.CurveID != tls.X25519MLKEM768 || state.NegotiatedProtocol != "h2" {
		t.Errorf("got %+v, %v; want TLS 1.3, X25519MLKEM768, h2", state, err)
	}
	if _, state, err = shake(tlssni.Config(certs, tlssni.Options{Raw: true}), &tls.Config{NextProtos: []string{"h2"}}); err != nil || state.NegotiatedProtocol != "" {
		t.Errorf("raw: negotiated %+v, %v; want nothing", state, err)
	}
	if _, _, err := shake(tlssni.Config(certs, tlssni.Options{}), &tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is served by default")
	}
	suite := uint16(tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)
	narrow := tlssni.Options{Max: tls.VersionTLS12, Ciphers: []uint16{suite}}
	if _, state, err = shake(tlssni.Config(certs, narrow), &tls.Config{}); err != nil || state.Version != tls.VersionTLS12 || state.CipherSuite != suite {
		t.Errorf("got %+v, %v; want TLS 1.2 with %s", state, err, tls.CipherSuiteName(suite))
	}
}

func TestClientGetsTheKeyItSupports(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	certs := serving(self(t, ecdsaKey(t), "a.test"), self(t, rsaKey, "a.test"), self(t, rsaKey, "other.test"))
	for _, name := range []string{"a.test", "unknown.test", ""} {
		client := &tls.Config{ServerName: name, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
		got, state, err := shake(tlssni.Config(certs, tlssni.Options{}), client)
		if err != nil || got != "a.test" || state.PeerCertificates[0].PublicKeyAlgorithm != x509.RSA {
			t.Errorf("name %q: got %s, %v; want the RSA certificate of a.test", name, got, err)
		}
	}
}

// enter connects and sends a byte each way: with TLS 1.3 only then a client has
// been let in, and has its ticket.
func enter(t *testing.T, server, client *tls.Config) (in, resumed bool) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := ln.Accept(); err == nil {
			s := tls.Server(conn, server)
			defer s.Close()
			io.CopyN(s, s, 1)
		}
	}()
	defer func() { ln.Close(); <-served }()
	client.InsecureSkipVerify = true
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	c := tls.Client(conn, client)
	if _, err = c.Write([]byte("x")); err == nil {
		_, err = io.ReadFull(c, make([]byte, 1))
	}
	return err == nil, err == nil && c.ConnectionState().DidResume
}
