package route_test

import (
	"fmt"
	"net/netip"
	"testing"

	"weir/route"
)

// only builds the route of one command and picks its target.
func only(t *testing.T, dst, opts string) *route.Target {
	text := fmt.Sprintf("route add s / %s opts %q", dst, opts)
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Text: text}}})
	r := table.HTTP("", "/", false)
	if r == nil {
		t.Fatalf("%s: %v", text, problems)
	}
	return r.Pick(route.Draw{})
}

func TestAppendPath(t *testing.T) {
	for _, tt := range []struct{ opts, path, want string }{
		{"", "/a%2Fb", "/a%2Fb"},
		{"", "*", "*"},
		{"strip=/p prepend=/q", "*", "*"},
		{"strip=/p", "/p/x", "/x"},
		{"strip=/p", "/p", "/"},
		{"strip=/p", "/px", "/x"},
		{"strip=/p", "/p/a%2Fb", "/a%2Fb"},
		{"strip=/p/", "/p/x", "/x"},
		{"strip=/other", "/p/x", "/p/x"},
		{"strip=p", "/p/x", "/p/x"},
		{"strip=/", "/p/x", "/p/x"},
		{"strip=/caf\u00e9", "/caf%C3%A9/x", "/x"},
		{"prepend=/q", "/", "/q/"},
		{"prepend=q", "/x", "/q/x"},
		{"prepend=/%71?#", "/x", "/q%3F%23/x"},
		{"strip=/p prepend=/q", "/p/x", "/q/x"},
		{"strip=/p prepend=/q", "/p", "/q/"},
		{"strip=/p prepend=/q", "/x", "/q/x"},
		{"strip=/p prepend=/public", "/p../secret", "/public/secret"},
		{"strip=/p", "/p.", "/"},
		{"strip=/p", "/p.hidden", "/.hidden"},
	} {
		got := string(only(t, "http://a:1/", tt.opts).AppendPath([]byte("GET "), tt.path))
		if got != "GET "+tt.want {
			t.Errorf("%s: %s becomes %s, want %s", tt.opts, tt.path, got, tt.want)
		}
	}
}

func TestLocation(t *testing.T) {
	for _, tt := range []struct{ url, opts, path, query, want string }{
		{"https://www.b.test$path", "", "/x", "", "https://www.b.test/x"},
		{"https://www.b.test/$path", "", "/x/y", "a=1", "https://www.b.test/x/y?a=1"},
		{"https://www.b.test/in/$path", "", "/x", "", "https://www.b.test/in/x"},
		{"https://www.b.test$path", "", "/a%2Fb", "", "https://www.b.test/a%2Fb"},
		{"https://www.b.test$path?own=1", "", "/x", "a=1", "https://www.b.test/x?own=1"},
		{"https://www.b.test/fixed", "", "/x", "a=1", "https://www.b.test/fixed"},
		{"https://www.b.test", "", "/x", "a=1", "https://www.b.test/"},
		{"https://www.b.test?q=$path", "", "/x", "a=1", "https://www.b.test/?q=$path"},
		{"https://www.b.test$path#part", "", "/x", "", "https://www.b.test/x"},
		{"https://$host$path", "", "/x", "", "https://A.test:81/x"},
		{"https://$host:8443$path", "", "/x", "", "https://A.test:8443/x"},
		{"https://www.b.test$path", "strip=/s", "/s/x", "y=1", "https://www.b.test/x?y=1"},
		{"https://www.b.test$path", "strip=/s", "/s", "", "https://www.b.test/"},
		{"https://www.b.test$path", "prepend=/z", "/x", "", "https://www.b.test/z/x"},
		{"https://www.b.test$path", "strip=/s prepend=/z", "/s/x", "", "https://www.b.test/z/x"},
		{"/new$path", "", "/x", "", "/new/x"},
		{"$path", "strip=/s", "/s/x", "", "/x"},
		{"https://caf\u00e9.test/$path", "", "/x", "", "https://caf%C3%A9.test/x"},
	} {
		r := only(t, tt.url, "redirect=302 "+tt.opts).Redirect()
		if got := r.Location("A.test:81", tt.path, tt.query); got != tt.want || r.Code != 302 {
			t.Errorf("%s %s: %d %s, want %s", tt.url, tt.opts, r.Code, got, tt.want)
		}
	}
}

func TestTarget(t *testing.T) {
	for _, tt := range []struct{ dst, opts, want string }{
		{"http://a/base?k=v", "", "http a:80 http://a/base?k=v host= query=k=v pool=http://a:80"},
		{"https://a/", "host=dst", "https a:443 https://a/ host=a query= pool=https://a:443 a"},
		{"https://a:1", "host=x tlsskipverify=true", "https a:1 https://a:1 host=x query= pool=https://a:1 x unverified"},
		{"http://a:1", "host=x", "http a:1 http://a:1 host=x query= pool=http://a:1"},
		{"tcp://[::1]:9", "", "tcp [::1]:9 tcp://[::1]:9 host= query= pool=tcp://[::1]:9"},
		{"https://b.test$path", "redirect=301", "  https://b.test$path host= query= pool="},
	} {
		g := only(t, tt.dst, tt.opts)
		got := fmt.Sprintf("%s %s %s host=%s query=%s pool=%s", g.Scheme(), g.Addr(), g.URL(), g.Host(), g.Query(), g.PoolKey())
		if got != tt.want {
			t.Errorf("%s %s:\n%s, want\n%s", tt.dst, tt.opts, got, tt.want)
		}
	}
	if !only(t, "https://a:1", "proto=tcp").Passthrough() || !only(t, "tcp://a:1", "").Passthrough() || only(t, "https://a:1", "").Passthrough() {
		t.Error("TLS is passed through to other targets than tcp:// and proto=tcp")
	}
}

func TestAllows(t *testing.T) {
	for _, tt := range []struct{ opts, allowed, denied string }{
		{"", "10.0.0.1", ""},
		{"allow=ip:10.0.0.0/8,ip:fe80::1", "10.1.2.3", "11.0.0.1"},
		{"allow=ip:10.0.0.0/8,ip:fe80::1", "fe80::1%eth0", "fe80::2"},
		{"allow=ip:10.0.0.0/8", "::ffff:10.0.0.1", "::1"},
		{"allow=IP:::ffff:10.0.0.0/104", "10.0.0.1", "11.0.0.1"},
		{"deny=ip:127.0.0.1", "127.0.0.2", "127.0.0.1"},
		{"deny=ip:127.0.0.1", "127.0.0.2", "::ffff:127.0.0.1"},
		{"deny=ip:10.1.2.3/8", "11.0.0.1", "10.0.0.0"},
		{"deny=10.0.0.0/8", "", "127.0.0.1"},
		{"allow=ip:10.0.0.0/33", "", "10.0.0.1"},
		{"allow=ip:nonsense", "", "10.0.0.1"},
		{"deny=host:x", "", "10.0.0.1"},
		{"deny=", "", "10.0.0.1"},
	} {
		target := only(t, "http://a:1/", tt.opts)
		if target.Restricted() != (tt.opts != "") {
			t.Errorf("%q: restricted is %v", tt.opts, target.Restricted())
		}
		if a, err := netip.ParseAddr(tt.allowed); err == nil && !target.Allows(a) {
			t.Errorf("%q denies %s", tt.opts, tt.allowed)
		}
		if a, err := netip.ParseAddr(tt.denied); err == nil && target.Allows(a) {
			t.Errorf("%q allows %s", tt.opts, tt.denied)
		}
		if target.Allows(netip.Addr{}) != (tt.opts == "") {
			t.Errorf("%q: an unknown address must be let in only where nothing is restricted", tt.opts)
		}
	}
}
