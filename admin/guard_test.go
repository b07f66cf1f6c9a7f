package admin

import "testing"

func TestOwnName(t *testing.T) {
	g := &guard{admin: &Admin{Hosts: []string{"weir.example.com"}}}
	for host, own := range map[string]bool{
		"127.0.0.1:9998": true, "127.0.0.1": true, "[::1]:9998": true, "[::1]": true, "10.1.2.3:9998": true,
		"localhost:9998": true, "weir.example.com": true, "WEIR.example.com:9998": true, "evil.weir.example.com": false, "LOCALHOST": true, "": true,
		"evil.test": false, "evil.test:9998": false, "localhost.evil.test": false, "127.0.0.1.evil.test": false, "localhost.": false,
	} {
		if got := g.ownName(host); got != own {
			t.Errorf("%q: %v, want %v", host, got, own)
		}
	}
}
