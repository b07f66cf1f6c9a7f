// Package interop proves that what others wrote understands weir, as a user
// would set it up: gRPC's interoperability suite and a WebSocket library.
package interop

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"weir/internal/testenv"
	"weir/internal/weirtest"
)

// weir is a running weir with one listener over TLS and one without.
type weir struct {
	secure, plain string // addresses of the listeners
	roots         *x509.CertPool
}

// tlsConfig is that of a client which offers the protocols of alpn.
func (w weir) tlsConfig(alpn ...string) *tls.Config {
	return &tls.Config{RootCAs: w.roots, ServerName: host, NextProtos: alpn}
}

// host is the name that all routes are for.
const host = "a.test"

// startWeir runs a weir with the given routes until the test ends.
func startWeir(t *testing.T, routes string) weir {
	t.Helper()
	dir := t.TempDir()
	cert := testenv.NewCert(t, host)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, certFile, cert.PEM)
	write(t, keyFile, cert.Key)
	open := weirtest.Start(t,
		"-proxy.addr", "127.0.0.1:0;proto=https;cs=test,127.0.0.1:0;proto=http",
		"-proxy.cs", "cs=test;type=file;cert="+certFile+";key="+keyFile,
		"-proxy.h2c", "true",
		"-proxy.limits.connsperip", "0",
		"-proxy.shutdownwait", "5s",
		"-registry.backend", "static",
		"-registry.static.routes", routes,
		"-store.backend", "embedded",
		"-store.path", filepath.Join(dir, "weir.db"),
		"-ui.addr", "127.0.0.1:0")
	return weir{secure: open.Listeners[0].String(), plain: open.Listeners[1].String(), roots: cert.Roots}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
