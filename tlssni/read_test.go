package tlssni_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"weir/tlssni"
)

// What cannot become a hello is refused at the byte that decides, so that
// nobody waits for the rest.
func TestRefusedAtTheByteThatDecides(t *testing.T) {
	valid := records(message(nameExtension("a.test")))
	for _, c := range []struct {
		name string
		raw  []byte
		at   int // bytes read when it is refused
		want string
	}{
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), 1, "begins with 0x47"},
		{"SSL 2", []byte{0x80, 0x2e, 1, 0, 2}, 1, "begins with 0x80"},
		{"alert", []byte{21, 3, 1, 0, 2, 1, 0}, 1, "begins with 0x15"},
		{"application data", []byte{23, 3, 3, 0, 2, 1, 0}, 1, "begins with 0x17"},
		{"record version", []byte{22, 2, 0, 0, 9}, 2, "major version 2"},
		{"empty record", []byte{22, 3, 1, 0, 0, 22}, 5, "record 1 of the ClientHello is empty"},
		{"record too long", []byte{22, 3, 1, 0x40, 1, 1}, 5, "record of 16385 bytes"},
		{"server hello", []byte{22, 3, 1, 0, 9, 2, 0}, 6, "type 2"},
		{"16 MiB", []byte{22, 3, 1, 0, 9, 1, 0xff, 0xff, 0xff, 3}, 9, "16777215 bytes, want at most 65536"},
		{"message longer than announced", []byte{22, 3, 1, 0, 60, 1, 0, 0, 40, 3}, 9, "more than the ClientHello of 40 bytes"},
		{"alert inside", slices.Concat(records(valid[5:], 20)[:25], []byte{21, 3, 1, 0, 2}), 26, "begins with 0x15"},
		{"next record too long", slices.Concat(records(valid[5:], 20)[:25], []byte{22, 3, 1, 9, 9, 1}), 30, "more than the ClientHello"},
		{"half a hello", valid[:30], 30, "unexpected EOF"},
		{"nothing", nil, 0, "after 0 bytes of a ClientHello: EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, read, err := tlssni.Read(iotest.OneByteReader(bytes.NewReader(c.raw)), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if len(read) != c.at {
				t.Errorf("refused after %d bytes, want %d", len(read), c.at)
			}
		})
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("a.", 126)
	for name, want := range map[string]string{ // want: the name, or a part of the error after "!"
		"a.test": "a.test", "A.Test": "a.test", "xn--bcher-kva.example": "xn--bcher-kva.example",
		"_acme.a-b.example": "_acme.a-b.example", "localhost": "localhost", "1.a": "1.a", "1.2.3.4.5": "1.2.3.4.5",
		long + "a": long + "a", long + "aa": "!server name of 254 bytes",
		strings.Repeat("a", 63): strings.Repeat("a", 63), strings.Repeat("a", 64) + ".b": "!more than 63",
		"a.test.": "!empty label", ".a.test": "!empty label", "a..test": "!empty label", ".": "!empty label",
		"a.test\x00": `!"a.test\x00" has '\x00'`, "a.test ": "!' '", "a.test\nb": `!'\n'`, "a.test/x": "!'/'",
		"*.test": "!'*'", "a.test:443": "!':'", "bücher.example": "!'Ã'", "1.2.3.4": "!is an address", "::1": "!':'",
	} {
		hello, _, err := tlssni.Read(bytes.NewReader(records(message(nameExtension(name)))), nil)
		if text, bad := strings.CutPrefix(want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("name %q: error %v, want one with %q", name, err, text)
			}
		} else if err != nil || hello.ServerName != want {
			t.Errorf("name %q: %q, %v, want %q", name, hello.ServerName, err, want)
		}
	}
}

func TestExtensionForms(t *testing.T) {
	name := nameExtension("a.test")
	for _, c := range []struct {
		what string
		raw  []byte
		want string // part of the error; empty: good
	}{
		{"two names", message(nameExtension("a.test", "b.test")), `two server names, "a.test" and "b.test"`},
		{"the extension twice", message(name, name), "extension 0 is given twice"},
		{"the 40th extension twice", message(slices.Concat(many(40), extension(139))), "extension 139 is given twice"},
		{"many extensions", message(name, many(300)), ""},
		{"a name of another type", message(extension(0, 0, 4, 7, 0, 1, 'x')), ""},
		{"an empty list", message(extension(0, 0, 0)), "does not have the form"},
		{"an empty protocol", message(name, extension(16, 0, 1, 0)), "extension 16"},
		{"odd versions", message(name, extension(43, 3, 3, 4, 3)), "extension 43"},
		{"master secret with data", message(name, extension(23, 1)), "extension 23"},
		{"shared keys not last", message(extension(41, 0, 7, 0, 1, 1, 0, 0, 0, 0, 0, 2, 1, 1), name), "not the last"},
		{"shared keys last", message(name, extension(41, 0, 7, 0, 1, 1, 0, 0, 0, 0, 0, 2, 1, 1)), ""},
		{"unknown encrypted hello", message(name, extension(0xfe0d, 9)), "extension 65037"},
		{"no extensions", message()[:len(message())-2], "ends too early"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, _, err := tlssni.Read(bytes.NewReader(records(c.raw)), nil)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// many is a run of n unknown extensions from number 100 on.
func many(n int) (all []byte) {
	for i := range n {
		all = append(all, extension(uint16(100+i))...)
	}
	return all
}

func TestReadAllocates(t *testing.T) {
	raw := clientHello(t, &tls.Config{ServerName: "app.example.com"})
	buf := make([]byte, 0, 4096)
	r := bytes.NewReader(raw)
	n := testing.AllocsPerRun(100, func() {
		r.Reset(raw)
		if _, _, err := tlssni.Read(r, buf); err != nil {
			t.Fatal(err)
		}
	})
	if n > 2 { // the name and the versions
		t.Errorf("reading a hello allocates %v times, want at most 2", n)
	}
}

func TestReplayYieldsEveryByteAgain(t *testing.T) {
	conn := tlssni.NewReplay(&stranger{Reader: strings.NewReader(" world")}, []byte("hello"))
	got, err := io.ReadAll(iotest.OneByteReader(conn))
	if err != nil || string(got) != "hello world" {
		t.Errorf("got %q, %v", got, err)
	}
}
