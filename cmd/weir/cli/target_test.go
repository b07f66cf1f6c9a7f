package cli

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// listen runs a server that notes who asks it: the token and the client
// certificate. It trusts the certificates of cert, and shows that one.
func listen(t *testing.T, cert *testenv.Cert) (url string, seen *string) {
	t.Helper()
	seen = new(string)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = r.URL.Path + " " + r.Header.Get("Authorization")
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			*seen += " " + r.TLS.PeerCertificates[0].Subject.CommonName
		}
		fmt.Fprint(w, `{"problems":[]}`)
	}))
	if cert == nil {
		s.Start()
	} else {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{cert.TLS}, ClientCAs: cert.Roots, ClientAuth: tls.VerifyClientCertIfGiven}
		s.StartTLS()
	}
	t.Cleanup(s.Close)
	return s.URL, seen
}

// TestWhatAContextHasGoesToItsAddress and, unless it is named together with
// another address, to nobody else.
func TestWhatAContextHasGoesToItsAddress(t *testing.T) {
	cert, home := testenv.NewCert(t, "127.0.0.1"), t.TempDir()
	safe, atSafe := listen(t, &cert)
	plain, atPlain := listen(t, nil)
	other, atOther := listen(t, nil)
	for name, text := range map[string]string{
		"cert.pem": string(cert.PEM), "key.pem": string(cert.Key), "token": "from-file\n",
		"config.yaml": "current: safe\ncontexts:\n" +
			"  safe: {address: '" + safe + "', path: edge, token-file: token, ca-file: cert.pem, cert-file: cert.pem, key-file: key.pem}\n" +
			"  plain: {address: '" + plain + "', token: inline}\n" +
			"  bare: {address: '" + plain + "'}\n  stranger: {address: '" + safe + "'}\n",
	} {
		if err := os.MkdirAll(filepath.Join(home, "weir"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, "weir", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		line, admin, token string // the environment is the last two
		seen               *string
		want               string
	}{
		{line: "problems", seen: atSafe, want: "/edge/api/v1/problems Bearer from-file weir test"},
		{line: "problems", token: "env", seen: atSafe, want: "/edge/api/v1/problems Bearer env weir test"},
		{line: "problems --context safe", token: "env", seen: atSafe, want: "/edge/api/v1/problems Bearer from-file weir test"},
		{line: "problems --context plain", admin: other, seen: atPlain, want: "/api/v1/problems Bearer inline"},
		{line: "problems --context bare", token: "env", seen: atPlain, want: "/api/v1/problems Bearer env"},
		{line: "problems", admin: other, seen: atOther, want: "/api/v1/problems "},
		{line: "problems --admin " + other, seen: atOther, want: "/api/v1/problems "},
		{line: "problems --admin " + other + " --context plain", seen: atOther, want: "/api/v1/problems Bearer inline"},
		{line: "problems --context stranger", seen: new(string), want: ""},
	} {
		var out strings.Builder
		w := &world{env: map[string]string{"XDG_CONFIG_HOME": home, "WEIR_ADMIN": c.admin, "WEIR_TOKEN": c.token}}
		err := w.command("weir "+c.line, &out).ExecuteContext(t.Context())
		if (err == nil) != (c.want != "") || *c.seen != c.want {
			t.Errorf("%s with %q and %q: seen %q, want %q; %v", c.line, c.admin, c.token, *c.seen, c.want, err)
		}
		*atSafe, *atPlain, *atOther = "", "", ""
	}
}
