package auth

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestOrigin(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1:5":           "192.0.2.1",
		"[::ffff:192.0.2.1]:5":  "192.0.2.1",
		"[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64",
		"[2001:db8:1:2:9::9]:5": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:5":      "fe80::/64",
		"@":                     "invalid IP",
	} {
		if got := (&Auth{}).origin(&http.Request{RemoteAddr: addr}); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// TestClientsBehindALoadBalancer are told apart by what that says of them, and
// nobody else is believed.
func TestClientsBehindALoadBalancer(t *testing.T) {
	a := &Auth{conf: Config{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"10.0.0.1:5", nil, "10.0.0.1"},
		{"10.0.0.1:5", []string{"192.0.2.7"}, "192.0.2.7"},
		{"[::ffff:10.0.0.1]:5", []string{"192.0.2.7"}, "192.0.2.7"},
		{"[fd00::1]:5", []string{"[2001:db8::7]:1234"}, "2001:db8::7"},
		{"10.0.0.1:5", []string{"198.51.100.1, 192.0.2.7, 10.0.0.9"}, "192.0.2.7"}, // what a client wrote is not the last
		{"10.0.0.1:5", []string{"198.51.100.1", "192.0.2.7"}, "192.0.2.7"},
		{"10.0.0.1:5", []string{"10.1.1.1, 10.0.0.9"}, "10.1.1.1"},
		{"10.0.0.1:5", []string{"192.0.2.7, unknown"}, "10.0.0.1"},
		{"10.0.0.1:5", []string{""}, "10.0.0.1"},
		{"203.0.113.1:5", []string{"192.0.2.7"}, "203.0.113.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := a.Client(r); got.String() != c.want {
			t.Errorf("%s with %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}
