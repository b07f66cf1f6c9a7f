package soak

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"weir/cmd/weir/app"
	"weir/config"
	"weir/internal/testenv"
	"weir/internal/weirtest"
	"weir/registry/inproc"
)

// edge is a weir in this process.
type edge struct {
	http, https, sni string // host:port of its listeners
	source           *inproc.Source
	cert             testenv.Cert
}

// startWeir runs a weir until the returned function is called, which returns
// when it has drained.
func startWeir(t *testing.T) (*edge, func()) {
	t.Helper()
	e := &edge{source: inproc.New(), cert: testenv.NewCert(t, webHost, formHost)}
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(t, cert, e.cert.PEM)
	write(t, key, e.cert.Key)
	started := make(chan app.Addresses, 1)
	weir := &app.App{Config: load(t, dir, cert, key), Version: "soak", Source: e.source,
		Log:     slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Started: func(a app.Addresses) { started <- a }}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- weir.Run(ctx) }()
	select {
	case a := <-started:
		e.http, e.https, e.sni = port(a.Listeners[0]), port(a.Listeners[1]), port(a.Listeners[2])
	case err := <-ended:
		t.Fatal(err)
	}
	return e, func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func port(a net.Addr) string { return a.String() }

// load configures weir as a command line would.
func load(t *testing.T, dir, cert, key string) *config.Config {
	t.Helper()
	return weirtest.Load(t,
		"-proxy.cs", "cs=own;type=file;cert="+cert+";key="+key,
		"-proxy.addr", "127.0.0.1:0;proto=http,127.0.0.1:0;proto=https;cs=own,127.0.0.1:0;proto=tcp+sni",
		"-ui.addr", "127.0.0.1:0",
		"-registry.backend", "static",
		"-store.path", filepath.Join(dir, "weights.db"),
		"-proxy.shutdownwait", "5s")
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
