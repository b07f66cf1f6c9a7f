package tcp

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAddress(t *testing.T) {
	for in, want := range map[string]struct {
		family int
		out    string
	}{
		"10.1.2.3:80":            {unix.AF_INET, "10.1.2.3:80"},
		"127.0.0.1:65535":        {unix.AF_INET, "127.0.0.1:65535"},
		"[::ffff:10.1.2.3]:1":    {unix.AF_INET, "10.1.2.3:1"},
		"[::1]:443":              {unix.AF_INET6, "[::1]:443"},
		"[2001:db8::1:2]:32768":  {unix.AF_INET6, "[2001:db8::1:2]:32768"},
		"[fe80::1%lo]:9":         {unix.AF_INET6, "[fe80::1]:9"},
		"[fe80::1%nosuchzone]:9": {0, ""},
	} {
		a, family, err := addressOf(netip.MustParseAddrPort(in))
		if want.out == "" {
			if err == nil {
				t.Errorf("%s is an address, want an error", in)
			}
			continue
		}
		if got := a.addrPort().String(); err != nil || family != want.family || got != want.out {
			t.Errorf("%s: got %s of family %d (%v), want %+v", in, got, family, err, want)
		}
	}
	if a := (address{}); a.addrPort().IsValid() {
		t.Error("an address of no family is valid")
	}
}

func TestIPv6(t *testing.T) {
	l, err := Listen(t.Context(), "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	server, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	w := byPort(t, []string{server.Addr().String()})
	c := connectTo(t, l.Addr().String())
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if s.Remote.String() != c.LocalAddr().String() {
		t.Errorf("accepted %v, want %v", s.Remote, c.LocalAddr())
	}
	w.begin(w.engine.Conn(s))
	target, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	send(t, target, "hi")
	expect(t, c, "hi")
}
