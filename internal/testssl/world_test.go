//go:build testssl

package testssl

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"weir/cmd/weir/app"
	"weir/config"
	"weir/internal/testenv"
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
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(config.NormalizeArgs([]string{
		"-proxy.cs", "cs=c;type=path;cert=" + dir, "-proxy.addr", "127.0.0.1:0;cs=c", "-ui.addr", "127.0.0.1:0",
		"-registry.backend", "static", "-registry.static.routes", "route add web / http://" + backend.Addr + "/",
		"-store.path", filepath.Join(dir, "store.db"),
	})); err != nil {
		t.Fatal(err)
	}
	conf, _, err := config.Load(t.Context(), config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return run(t, &app.App{Config: conf, Version: "test", Log: slog.New(slog.DiscardHandler)})
}

func run(t *testing.T, a *app.App) (port string) {
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan app.Addresses, 1), make(chan error, 1)
	a.Started = func(at app.Addresses) { started <- at }
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := testenv.Next(t, 30*time.Second, "end of weir", ended); err != nil {
			t.Error(err)
		}
	})
	at := testenv.Next(t, 30*time.Second, "start of weir", started)
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
