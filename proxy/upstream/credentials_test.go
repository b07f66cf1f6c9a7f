package upstream

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"

	"weir/internal/testenv"
	"weir/route"
)

// with makes a target whose credentials the proxy knows by the name "internal".
func with(t testing.TB, url, opts string) *route.Target {
	t.Helper()
	table, problems := route.Build(route.Input{Options: route.Options{Credentials: []string{"internal"}},
		Commands: []route.Commands{{Text: "route add svc / " + url + ` opts "` + opts + `"`}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return table.HTTP("", "/", false).Pick(route.Draw{})
}

func file(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCredentials dials a target that asks for a client certificate.
func TestCredentials(t *testing.T) {
	peer, client, other := listen(t, true), testenv.NewCert(t, "weir"), testenv.NewCert(t, "a.test")
	peer.tls.ClientAuth, peer.tls.ClientCAs = tls.RequireAndVerifyClientCert, client.Roots
	peer.tls.MaxVersion = tls.VersionTLS12 // so that the handshake itself tells of a refusal
	whole := &Credentials{CA: file(t, "ca.pem", peer.cert.PEM), Cert: file(t, "client.pem", append(client.PEM, client.Key...))}
	for _, c := range []struct {
		name, opts string
		internal   *Credentials
		good       bool
	}{
		{"authority and certificate", "tls=internal", whole, true},
		{"another server name", "tls=internal tlsname=b.test", whole, true},
		{"a server name that is not the target's", "tls=internal tlsname=c.test", whole, false},
		{"not asked for", "", whole, false},
		{"no certificate", "tls=internal", &Credentials{CA: whole.CA}, false},
		{"another authority", "tls=internal", &Credentials{CA: file(t, "ca.pem", other.PEM), Cert: whole.Cert}, false},
		{"not there", "tls=internal", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &Dialer{}
			if c.internal != nil {
				if err := c.internal.Load(); err != nil {
					t.Fatal(err)
				}
				d.Credentials = map[string]*Credentials{"internal": c.internal}
			}
			conn, err := d.Dial(context.Background(), with(t, "https://"+peer.addr, c.opts), "a.test", 0)
			if (err == nil) != c.good {
				t.Errorf("got %v", err)
			}
			if err == nil {
				conn.Close()
			}
		})
	}
}

// TestCredentialsStayWhenAFileIsBad, and say which.
func TestCredentialsStayWhenAFileIsBad(t *testing.T) {
	cert := testenv.NewCert(t, "weir")
	c := &Credentials{CA: file(t, "ca.pem", cert.PEM), Cert: file(t, "cert.pem", cert.PEM), Key: file(t, "key.pem", cert.Key)}
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{c.CA, c.Cert, c.Key} {
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, []byte("none"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Load(); err == nil {
			t.Errorf("%s is bad and was loaded", path)
		}
		if config := new(tls.Config); c.apply(config) != nil || config.RootCAs == nil || len(config.Certificates) != 1 {
			t.Errorf("with a bad %s nothing is left", path)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
