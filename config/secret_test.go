package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"weir/config"
)

const hush = "b1gs1lence"

func TestTokensAreNeverShown(t *testing.T) {
	c, warnings, err := load(t, []string{"-registry.consul.token=" + hush, "-registry.consul.register.enabled",
		"-nomad.token=" + hush, "-notify.secret=" + hush, "-notify.webhooks=https://a.test/" + hush, "-notify.slack=https://b.test/" + hush}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Registry.Consul.Token) != hush {
		t.Fatalf("the token is lost")
	}
	var shown bytes.Buffer
	data, err := json.Marshal(c)
	shown.Write(data)
	fmt.Fprintln(&shown, err, warnings, c.Registry.Consul.Token)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&shown, verb+"\n", c.Registry.Consul.Token)
		fmt.Fprintf(&shown, verb+"\n", *c)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(h).Info("start", "config", c, "token", c.Registry.Consul.Token)
	}
	if strings.Contains(shown.String(), hush) || strings.Contains(shown.String(), fmt.Sprintf("%x", hush)) {
		t.Errorf("the token is shown:\n%s", &shown)
	}
	if n := strings.Count(shown.String(), "[redacted]"); n < 10 {
		t.Errorf("[redacted] is shown %d times:\n%s", n, &shown)
	}
}

func TestErrorsDoNotShowTokens(t *testing.T) {
	_, warnings, err := load(t, []string{
		"-registry.consul.token=" + hush, "-registry.consul.token", hush, "-Registry.Consul.Token=" + hush,
		"-nomad.token=" + hush, "-notify.secret=" + hush, "-notify.slack=b.test/" + hush, "-notify.webhooks=ftp://" + hush,
		"-metrics.circonus.apikey=" + hush, "-registry.consul.tokn=" + hush,
		"-proxy.cs=cs=c;type=consul;cert=http://consul/v1/kv/x?token=" + hush + ";hdr=" + hush,
	}, []string{"WEIR_TOKEN=" + hush})
	if err == nil {
		t.Fatal("no error")
	}
	if text := fmt.Sprint(err, warnings); strings.Contains(text, hush) {
		t.Errorf("the token is shown: %s", text)
	}
}

func TestNoTokenShowsAsEmpty(t *testing.T) {
	if got := fmt.Sprint(config.Secret("")); got != "" {
		t.Errorf("an empty secret is shown as %q", got)
	}
}

func TestJSONHasFabiosNames(t *testing.T) {
	c, _, err := load(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var view map[string]any
	if err := json.Unmarshal(data, &view); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Registry", "Proxy", "Listen", "UI"} {
		if _, ok := view[name]; !ok {
			t.Errorf("%s is not at the top of %s", name, data)
		}
	}
}
