package config

import (
	"reflect"
	"strings"
	"testing"
)

// What is accepted reads the same again after it was printed.
func FuzzListeners(f *testing.F) {
	for _, s := range []string{
		":9999", "127.0.0.1:9996;proto=tcp+sni,[::1]:0;proto=tcp",
		`:443;cs="a,b";tlsmin=tls12;tlsmax=0x0304;tlsciphers="0xc02f,TLS_RSA_WITH_RC4_128_SHA";strictmatch=true`,
		"a:1;rt=1s;wt=2ms;it=1h,addr=b:2;pxyproto=false;refresh=0s", `:1;pxyproto=true;pxytrust="10.0.0.0/8,::1";pxytimeout=1s`, `:1;cs='x "y" \\';`, ",;,:1;;", ":1;proto", `"`, `:1;cs="\u00ff`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		listeners, found := parseListeners(s)
		if len(found.errs) > 0 {
			t.Skip()
		}
		printed := make([]string, len(listeners))
		for i, l := range listeners {
			printed[i] = l.String()
		}
		again, found := parseListeners(strings.Join(printed, ","))
		if len(found.errs) > 0 || !reflect.DeepEqual(listeners, again) {
			t.Fatalf("%q: %+v\nis printed as %q: %+v %q", s, listeners, printed, again, found.errs)
		}
	})
}

// A file is read or refused, and every key of a properties file is found on a
// line of it at most.
func FuzzFiles(f *testing.F) {
	f.Add("proxy.addr = :80\nproxy.maxconn: 1\n")
	f.Add("proxy: {addr: [':80', ':81'], maxconn: 1}\nui.access: ro\n")
	f.Add("[proxy]\naddr = [\":80\"]\n\"header.tls\" = \"x\"\n")
	f.Add("a = \\\n b\n! c\na: ${b}")
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Count(s, "\n") + 1
		for key, numbers := range keyLines(s) {
			if n := numbers[len(numbers)-1]; n > lines {
				t.Fatalf("%q stands on line %d of %d", key, n, lines)
			}
		}
		fromYAML("f", []byte(s))
		fromTOML("f", []byte(s))
		fromProperties("f", []byte(s), nil)
	})
}
