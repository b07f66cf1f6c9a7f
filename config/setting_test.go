package config_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/config"
)

// TestSettingsSayWhereAValueIsFrom and never what a secret is.
func TestSettingsSayWhereAValueIsFrom(t *testing.T) {
	hush := "hush-" + strings.Repeat("x", 32)
	c, _, err := load(t, []string{
		"-ui.access=ro", "-registry.consul.token=" + hush, "-notify.webhooks=https://example.com/" + hush, "-notify.slack=https://example.com/" + hush,
		"-notify.secret=" + hush, "-ui.auth.secret=" + hush, "-ui.auth.oidc.clientsecret=" + hush,
	}, []string{"WEIR_PROXY_MAXCONN=7", "WEIR_NOMAD_TOKEN=" + hush})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]config.Setting{}
	redacted := 0
	for _, s := range c.Settings {
		by[s.Key] = s
		if s.Value == "[redacted]" {
			redacted++
		}
	}
	if text := fmt.Sprint(c.Settings); strings.Contains(text, hush) || redacted != 7 {
		t.Errorf("%d are redacted: %s", redacted, text)
	}
	for key, want := range map[string]string{
		"ui.access": "ro rw flag", "proxy.maxconn": "7 10000 env WEIR_PROXY_MAXCONN", "ui.path": "  ",
	} {
		if s := by[key]; s.Value+" "+s.Default+" "+s.From != want {
			t.Errorf("%+v, want %s", s, want)
		}
	}
	if _, there := by["bgp.asn"]; there {
		t.Error("a key without an effect is among them")
	}
}
