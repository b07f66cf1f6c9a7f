package proxyproto

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	oracle "github.com/pires/go-proxyproto"
)

// v2 makes a header of version 2 from its bytes behind the signature.
func v2(rest string) string { return signature + rest }

// cases are headers, and what they announce; "" is nobody, and a word in capitals
// what the error says.
var cases = []struct{ name, header, want string }{
	{"v1", "PROXY TCP4 192.0.2.1 198.51.100.2 40000 443\r\n", "192.0.2.1:40000 198.51.100.2:443"},
	{"v1 IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n", "[2001:db8::1]:0 [2001:db8::2]:65535"},
	{"v1 mapped", "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n", "192.0.2.1:1 192.0.2.2:2"},
	{"v1 unknown", "PROXY UNKNOWN\r\n", ""},
	{"v1 unknown with words", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", ""},
	{"v1 other family", "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "NOT AN ADDRESS OF TCP4"},
	{"v1 IPv4 as IPv6", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "NOT AN ADDRESS OF TCP6"},
	{"v1 zone", "PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n", "NOT AN ADDRESS"},
	{"v1 UDP", "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "WANT TCP4 OR TCP6"},
	{"v1 two spaces", "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "WANT TCP4 OR TCP6"},
	{"v1 more", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", "WANT TCP4 OR TCP6"},
	{"v1 port", "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n", "0 TO 65535"},
	{"v1 port with zero", "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "0 TO 65535"},
	{"v1 endless", "PROXY UNKNOWN " + strings.Repeat("x", 200) + "\r\n", "NO END"},
	{"v1 only LF", "PROXY UNKNOWN " + strings.Repeat("\n", 200), "NO END"},
	{"v2", v2("\x21\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x9c\x40\x01\xbb"), "192.0.2.1:40000 198.51.100.2:443"},
	{"v2 IPv6 and TLVs", v2("\x21\x21\x00\x28" + strings.Repeat("\x20", 15) + "\x01" + strings.Repeat("\x20", 15) + "\x02\x00\x01\x00\x02\x04\x00\x01x"),
		"[2020:2020:2020:2020:2020:2020:2020:2001]:1 [2020:2020:2020:2020:2020:2020:2020:2002]:2"},
	{"v2 local", v2("\x20\x00\x00\x00"), ""},
	{"v2 local with addresses", v2("\x20\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x9c\x40\x01\xbb"), ""},
	{"v2 unix", v2("\x21\x31\x00\xd8" + strings.Repeat("u", 216)), ""},
	{"v2 version 3", v2("\x31\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x9c\x40\x01\xbb"), "VERSION AND COMMAND"},
	{"v2 odd kind", v2("\x21\x13\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x9c\x40\x01\xbb"), "NO KIND"},
	{"v2 too little", v2("\x21\x11\x00\x0b\xc0\x00\x02\x01\xc6\x33\x64\x02\x9c\x40\x01"), "WANT 12 AT LEAST"},
	{"v2 too much", v2("\x21\x11\xff\xff"), "AT MOST 4096"},
	{"none", "GET / HTTP/1.1\r\n\r\n", "NO PROXY HEADER"},
	{"almost", "PROXYTCP4 ", "NO PROXY HEADER"},
}

func (h Header) text() string {
	if !h.Source.IsValid() {
		return ""
	}
	return h.Source.String() + " " + h.Dest.String()
}

func TestParse(t *testing.T) {
	for _, c := range cases {
		h, n, err := Parse([]byte(c.header + "and more"))
		bad := c.want == strings.ToUpper(c.want) && c.want != "" && !strings.ContainsAny(c.want, ".:")
		switch {
		case bad && (err == nil || !strings.Contains(strings.ToUpper(err.Error()), c.want)):
			t.Errorf("%s: the error is %v, want %s", c.name, err, c.want)
		case !bad && (err != nil || h.text() != c.want || n != len(c.header)):
			t.Errorf("%s: %q in %d bytes (%v), want %q in %d", c.name, h.text(), n, err, c.want, len(c.header))
		}
		for i := range len(c.header) {
			if _, _, err := Parse([]byte(c.header[:i])); !bad && err != ErrShort {
				t.Errorf("%s: the first %d bytes: %v, want ErrShort", c.name, i, err)
				break
			}
		}
	}
}

func TestAppend(t *testing.T) {
	ends := func(source, dest string) Header {
		return Header{netip.MustParseAddrPort(source), netip.MustParseAddrPort(dest)}
	}
	for _, h := range []Header{{}, ends("192.0.2.1:1", "192.0.2.2:65535"), ends("[2001:db8::1]:1", "[2001:db8::2]:2"), ends("192.0.2.1:1", "[2001:db8::2]:2")} {
		for _, v := range []Version{V1, V2} {
			b := h.Append([]byte("before"), v)[len("before"):]
			got, n, err := Parse(b)
			if err != nil || n != len(b) || got != h {
				t.Errorf("version %d of %q is %q, read as %q (%v)", v, h.text(), b, got.text(), err)
			}
			read, err := oracle.Read(bufio.NewReader(bytes.NewReader(b)))
			if err != nil || read.Version != byte(v) || read.Command.IsLocal() != !h.Source.IsValid() {
				t.Errorf("version %d of %q: the oracle says %+v (%v)", v, h.text(), read, err)
			}
		}
	}
}

func TestPolicy(t *testing.T) {
	p := &Policy{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	header := []byte(cases[0].header)
	for peer, want := range map[string]error{"10.1.2.3": nil, "192.0.2.9": ErrUntrusted, "::1": ErrUntrusted} {
		h, n, err := p.Read(header, netip.MustParseAddr(peer))
		if err != want || (err == nil) != (n == len(header)) || (err == nil) != h.Source.IsValid() {
			t.Errorf("%s: %q, %d, %v, want %v", peer, h.text(), n, err, want)
		}
		if _, n, err := p.Read([]byte("GET"), netip.MustParseAddr(peer)); n != 0 || err != nil {
			t.Errorf("%s without a header: %d, %v", peer, n, err)
		}
	}
}

// What we take go-proxyproto takes, and reads the same in it. We take less: no
// line that is longer or looser than the specification has it.
func FuzzParse(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.header))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := Parse(b)
		if err != nil {
			if n != 0 || h != (Header{}) {
				t.Fatalf("%q with %v", h.text(), err)
			}
			return
		}
		if n > len(b) || n > MaxBytes {
			t.Fatalf("%d of %d bytes", n, len(b))
		}
		reader := bufio.NewReaderSize(bytes.NewReader(b), 1<<16)
		reader.Peek(1) // it wants all of it at once
		read, err := oracle.Read(reader)
		if err != nil {
			if h.Source.IsValid() && !errors.Is(err, oracle.ErrTruncatedTLV) {
				t.Fatalf("%q: we read %q, the oracle says %v", b, h.text(), err)
			}
			return
		}
		if used := len(b) - reader.Buffered(); used != n {
			t.Fatalf("%q: we take %d bytes, the oracle %d", b, n, used)
		}
		source, dest, ok := read.TCPAddrs()
		if !ok || read.Command.IsLocal() {
			source, dest = nil, nil
		}
		if source != nil && (addrPort(source) != h.Source || addrPort(dest) != h.Dest) || source == nil && h.Source.IsValid() {
			t.Fatalf("%q: we read %q, the oracle %v %v", b, h.text(), source, dest)
		}
	})
}

func addrPort(a *net.TCPAddr) netip.AddrPort {
	return netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
}
