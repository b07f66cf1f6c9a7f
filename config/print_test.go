package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/config"
)

// TestWhatIsPrintedIsReadBack to the same configuration, with each key at its
// default, and with each at another value.
func TestWhatIsPrintedIsReadBack(t *testing.T) {
	environ := []string{"DIR=/etc/fabio", "HOME=/home/weir"}
	taken := func() string {
		_, _, err := load(t, []string{"-cfg", "testdata/fabio-other.properties"}, environ)
		return without(t, err.(*config.Error).Problems)
	}
	odd := "route add a a.test/ http://127.0.0.1:1/\nroute add b b.test/ http://127.0.0.1:2/ # \"no comment\": 'x'\t"
	for name, args := range map[string][]string{
		"defaults": {"-registry.consul.register.enabled=true"},
		"fabio":    {"-cfg", taken()},
		"odd": {"-registry.backend=static", "-registry.static.routes=" + odd, "-proxy.header.tls.value= # true ", "-proxy.noroutestatus=0x1f7",
			"-proxy.auth=name=a;type=basic;file=/x;realm=\"a, b\"", "-registry.consul.token=hush"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, origin := range []bool{false, true} {
				want, _, err := load(t, args, environ)
				if err != nil {
					t.Fatal(err)
				}
				var text bytes.Buffer
				if err := config.Print(&text, want.Settings, origin); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "weir.yaml")
				if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				// Certificate sources may hold a token, and listeners need them.
				got, _, err := load(t, []string{"-cfg", file, "-proxy.cs=cs=files;type=file;cert=x"}, environ)
				if err != nil {
					t.Fatalf("%v in\n%s", err, text.String())
				}
				forget(want)
				forget(got)
				if a, b := asJSON(t, want), asJSON(t, got); a != b {
					t.Errorf("printed\n%s\nit is\n%s\nwant\n%s", text.String(), b, a)
				}
			}
		})
	}
}

// forget takes the secrets away, which are not printed.
func forget(c *config.Config) {
	c.Registry.Consul.Token, c.Registry.Custom.QueryParams, c.CertSources = "", "", nil
}

func asJSON(t *testing.T, c *config.Config) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPrintSaysWhereAValueIsFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "weir.properties")
	if err := os.WriteFile(file, []byte("ui.path = /weir\n\nnomad.token = hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := load(t, []string{"-cfg", file, "-ui.access", "ro"}, []string{"FABIO_PROXY_MAXCONN=7"})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := config.Print(&text, c.Settings, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Listeners\n", "ui.path: /weir # weir.properties:1\n", "# nomad.token is secret, and left out # weir.properties:3\n",
		"ui.access: ro # flag\n", "proxy.maxconn: \"7\" # env FABIO_PROXY_MAXCONN\n", "proxy.strategy: rnd # default\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "hush") {
		t.Error("it holds a secret")
	}
}
