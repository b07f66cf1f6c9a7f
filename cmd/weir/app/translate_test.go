package app

import (
	"testing"
	"time"

	"weir/config"
)

func TestStrictTransportSecurity(t *testing.T) {
	for want, in := range map[string]config.STS{
		"":            {},
		"max-age=100": {MaxAge: 100},
		"max-age=100; includeSubdomains; preload": {MaxAge: 100, Subdomains: true, Preload: true},
	} {
		if got := hsts(in); got != want {
			t.Errorf("%+v is %q, want %q", in, got, want)
		}
	}
}

// TestALimitOfAListenerBeatsTheGlobalOne: the shorter of rt and wt bounds a
// body and a tunnel, it what is idle.
func TestALimitOfAListenerBeatsTheGlobalOne(t *testing.T) {
	conf := configured(t, "-proxy.timeout.idle", "10s", "-proxy.timeout.body", "20s", "-proxy.timeout.tcpidle", "30s").Config
	for _, c := range []struct {
		listener           config.Listener
		idle, body, tunnel time.Duration
	}{
		{config.Listener{}, 10 * time.Second, 20 * time.Second, 30 * time.Second},
		{config.Listener{IdleTimeout: time.Second}, time.Second, 20 * time.Second, 30 * time.Second},
		{config.Listener{ReadTimeout: 5 * time.Second}, 10 * time.Second, 5 * time.Second, 5 * time.Second},
		{config.Listener{ReadTimeout: 5 * time.Second, WriteTimeout: 3 * time.Second}, 10 * time.Second, 3 * time.Second, 3 * time.Second},
	} {
		if l := limits(conf, c.listener); l.Idle != c.idle || l.Body != c.body || l.Tunnel != c.tunnel {
			t.Errorf("%s has idle %v, body %v, tunnel %v", c.listener, l.Idle, l.Body, l.Tunnel)
		}
	}
}

func TestTheAgentIsAskedAsConfigured(t *testing.T) {
	a := agent(configured(t, "-registry.consul.addr", "https://consul.test:8501", "-registry.consul.token", "secret",
		"-registry.retry", "7s", "-registry.consul.requireConsistent=false", "-registry.consul.allowStale=true",
		"-registry.consul.tls.cafile", "ca.pem").Config.Registry)
	if a.Address != "https://consul.test:8501" || a.Token != "secret" || a.Retry != 7*time.Second ||
		a.RequireConsistent || !a.AllowStale || a.TLS.CAFile != "ca.pem" {
		t.Errorf("%+v", a)
	}
}
