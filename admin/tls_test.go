package admin

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/admin/auth"
	"weir/internal/testenv"
)

// onTLS makes an Admin serve TLS and know the certificates of one client.
func onTLS(t *testing.T, of testenv.Cert) (own testenv.Cert, change func(*Admin)) {
	t.Helper()
	own = testenv.NewCert(t, "127.0.0.1")
	dir := t.TempDir()
	for name, text := range map[string][]byte{"crt": own.PEM, "key": own.Key, "ca": of.PEM} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	certs := &auth.Certificates{CertFile: filepath.Join(dir, "crt"), KeyFile: filepath.Join(dir, "key"), CAFile: filepath.Join(dir, "ca")}
	if err := certs.Load(); err != nil {
		t.Fatal(err)
	}
	return own, func(a *Admin) {
		a.TLS = certs.Config()
		a.Auth = login(t, auth.Config{}, `people: [{name: weir test, via: certificate, role: operator, services: [web]}]`)
	}
}

// TestClientCertificates lets in who has one of a known authority, asks others
// for a login, and refuses one that nobody knows.
func TestClientCertificates(t *testing.T) {
	known := testenv.NewCert(t, "client.test")
	own, change := onTLS(t, known)
	h := serve(t, twoVersions, change)
	put := func(path string, certs ...tls.Certificate) (*http.Response, error) {
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{RootCAs: own.Roots, Certificates: certs}}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, strings.Replace(h.url, "http:", "https:", 1)+path, bytes.NewReader([]byte(canaryAt5)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := c.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return resp, err
	}
	for _, c := range []struct {
		path  string
		certs []tls.Certificate
		want  int
	}{
		{"/api/v1/weights/service/web", []tls.Certificate{known.TLS}, 200},
		{"/api/v1/weights/service/db", []tls.Certificate{known.TLS}, 403},
		{"/api/v1/weights/service/web", nil, 401},
	} {
		resp, err := put(c.path, c.certs...)
		if err != nil || resp.StatusCode != c.want || resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %v %v, want %d", c.path, resp, err, c.want)
		}
	}
	stranger := testenv.NewCert(t, "client.test")
	if resp, err := put("/api/v1/weights/service/web", stranger.TLS); err == nil && resp.StatusCode != 401 {
		t.Error("a certificate of nobody's is let in:", resp.Status)
	}
}

func TestASessionOnTLSStaysOnTLS(t *testing.T) {
	own, change := onTLS(t, testenv.NewCert(t, "client.test"))
	h := serve(t, twoVersions, change)
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: own.Roots}}}
	resp, err := c.Post(strings.Replace(h.url, "http:", "https:", 1)+"/api/v1/login", "application/json", strings.NewReader(`{"token":"wt_viewer"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if set := resp.Header.Get("Set-Cookie"); !strings.Contains(set, "; Secure") {
		t.Error(set)
	}
}

func TestCertificateFilesThatAreNone(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&auth.Certificates{CertFile: bad, KeyFile: bad}).Load(); err == nil || !strings.Contains(err.Error(), bad) {
		t.Error(err)
	}
}
