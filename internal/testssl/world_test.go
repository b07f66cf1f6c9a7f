//go:build testssl

package testssl

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/internal/weirtest"
)

// listener runs a weir with an https listener that has a certificate source and
// nothing else set, and returns its port.
func listener(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecdsaKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate(t, filepath.Join(dir, "a.pem"), ecdsaKey)
	certificate(t, filepath.Join(dir, "b.pem"), rsaKey)
	backend := testenv.HandlerBackend(t, "web", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff") // such fields are the site's to send
	}))
	at := weirtest.Start(t, "-proxy.cs", "cs=c;type=path;cert="+dir, "-proxy.addr", "127.0.0.1:0;cs=c", "-ui.addr", "127.0.0.1:0",
		"-registry.backend", "static", "-registry.static.routes", "route add web / http://"+backend.Addr+"/",
		"-store.path", filepath.Join(dir, "store.db"))
	_, port, err := net.SplitHostPort(at.Listeners[0].String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// certificate writes one as public authorities make them, but signed by itself.
func certificate(t *testing.T, file string, key crypto.Signer) {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(89 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
