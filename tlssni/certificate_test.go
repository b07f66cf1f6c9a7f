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
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/tlssni"
)

// write makes a self-signed certificate for names, the first of which also
// names the files, and returns where it lies.
func write(t *testing.T, key crypto.Signer, names ...string) tlssni.Files {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]},
		NotAfter: time.Now().Add(time.Hour), DNSNames: names}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f := tlssni.Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	save(t, f.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	save(t, f.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return f
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
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
	set, problems := tlssni.Load(write(t, key, "first.example"), write(t, key, "A.example.com", "b.example.com"),
		write(t, key, "*.example.com"), write(t, key, "*.sub.example.com"))
	if problems != nil {
		t.Fatal(problems)
	}
	var certs tlssni.Certificates
	certs.Store(set)
	for name, want := range map[string]string{
		"a.example.com": "A.example.com", "B.Example.com": "A.example.com", "x.example.com": "*.example.com",
		"x.sub.example.com": "*.sub.example.com", "y.x.example.com": "first.example", "example.com": "first.example",
		"other.test": "first.example", "": "first.example",
	} {
		for strict, want := range map[bool]string{false: want, true: strings.Replace(want, "first.example", "", 1)} {
			got, _, err := shake(tlssni.Config(&certs, tlssni.Options{Strict: strict}), &tls.Config{ServerName: name})
			if got != want {
				t.Errorf("name %q, strict %v: served %q, want %q (%v)", name, strict, got, want, err)
			}
			if want == "" && (err == nil || !strings.Contains(err.Error(), "unrecognized name")) {
				t.Errorf("name %q, strict: error %v, want the alert unrecognized_name", name, err)
			}
		}
	}
	if want := []string{"*.example.com", "*.sub.example.com", "a.example.com", "b.example.com", "first.example"}; !slices.Equal(set.Names(), want) {
		t.Errorf("names %q, want %q", set.Names(), want)
	}
}

func TestHandshakeDefaults(t *testing.T) {
	var certs tlssni.Certificates
	set, _ := tlssni.Load(write(t, ecdsaKey(t), "a.test"))
	certs.Store(set)
	_, state, err := shake(tlssni.Config(&certs, tlssni.Options{}), &tls.Config{NextProtos: []string{"http/1.1", "h2"}})
	if err != nil || state.Version != tls.VersionTLS13 || state.CurveID != tls.X25519MLKEM768 || state.NegotiatedProtocol != "h2" {
		t.Errorf("got %+v, %v; want TLS 1.3, X25519MLKEM768, h2", state, err)
	}
	if _, _, err := shake(tlssni.Config(&certs, tlssni.Options{}), &tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is served by default")
	}
	suite := uint16(tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)
	narrow := tlssni.Options{Max: tls.VersionTLS12, Ciphers: []uint16{suite}}
	if _, state, err = shake(tlssni.Config(&certs, narrow), &tls.Config{}); err != nil || state.Version != tls.VersionTLS12 || state.CipherSuite != suite {
		t.Errorf("got %+v, %v; want TLS 1.2 with %s", state, err, tls.CipherSuiteName(suite))
	}
}

func TestClientGetsTheKeyItSupports(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var certs tlssni.Certificates
	set, _ := tlssni.Load(write(t, ecdsaKey(t), "a.test"), write(t, rsaKey, "a.test"))
	certs.Store(set)
	client := &tls.Config{ServerName: "a.test", MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
	_, state, err := shake(tlssni.Config(&certs, tlssni.Options{}), client)
	if err != nil || state.PeerCertificates[0].PublicKeyAlgorithm != x509.RSA {
		t.Errorf("got %v, want the RSA certificate", err)
	}
}

func TestOneBadFileHarmsOnlyItself(t *testing.T) {
	key := ecdsaKey(t)
	good := write(t, key, "good.test")
	combined := write(t, key, "combined.test")
	secret, err := os.ReadFile(combined.Key)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := os.ReadFile(combined.Cert)
	if err != nil {
		t.Fatal(err)
	}
	save(t, combined.Cert, append(chain, secret...))
	junk := filepath.Join(t.TempDir(), "junk.pem")
	save(t, junk, []byte("no certificate"))
	other := write(t, ecdsaKey(t), "other.test")

	set, problems := tlssni.Load(tlssni.Files{Cert: junk}, tlssni.Files{Cert: good.Cert, Key: other.Key},
		tlssni.Files{Cert: "/nowhere.pem"}, good, tlssni.Files{Cert: combined.Cert})
	if want := []string{"combined.test", "good.test"}; !slices.Equal(set.Names(), want) {
		t.Errorf("names %q, want %q", set.Names(), want)
	}
	for i, want := range []struct{ file, reason string }{
		{junk, "failed to find any PEM data"}, {good.Cert, "private key does not match"}, {"/nowhere.pem", "no such file"},
	} {
		if len(problems) != 3 || problems[i].File != want.file || !strings.Contains(problems[i].Reason, want.reason) {
			t.Fatalf("problems %+v, want number %d about %s: %s", problems, i, want.file, want.reason)
		}
	}
}
