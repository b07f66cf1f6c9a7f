package tlssni_test

import (
	"bytes"
	"crypto/tls"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weir/tlssni"
)

// stricter are the reasons for which Read refuses what crypto/tls takes.
var stricter = regexp.MustCompile(`^(no TLS handshake|record \d+ of the ClientHello is empty|record of \d+ bytes|` +
	`more than the ClientHello|the ClientHello has version|the session ID has|the cipher suites have 0 bytes|` +
	`the compression methods|extension 0: (server name|two server names))`)

// FuzzHello holds Read against crypto/tls: what that refuses Read refuses, and
// where both take a hello they read the same in it.
func FuzzHello(f *testing.F) {
	for _, h := range corpus(f) {
		if raw := h.bytes(f); len(raw) < 2000 {
			f.Add(raw)
		}
	}
	f.Add(clientHello(f, &tls.Config{ServerName: "a.test", NextProtos: []string{"h2", "http/1.1"}}))
	f.Add(clientHello(f, &tls.Config{ServerName: "b.test", MaxVersion: tls.VersionTLS12}))
	f.Fuzz(agree)
}

// FuzzExtensions does the same inside a frame whose lengths are right.
func FuzzExtensions(f *testing.F) {
	for _, config := range []*tls.Config{{ServerName: "a.test", NextProtos: []string{"h2"}}, {MaxVersion: tls.VersionTLS12}} {
		f.Add(extensionsOf(clientHello(f, config)))
	}
	f.Add(slices.Concat(nameExtension("b.test"), extension(45, 1, 1), extension(0xfe0d, 1),
		extension(41, 0, 7, 0, 1, 1, 0, 0, 0, 0, 0, 2, 1, 1)))
	f.Fuzz(func(t *testing.T, block []byte) {
		if len(block) < 1<<16 {
			agree(t, records(message(block)))
		}
	})
}

// extensionsOf cuts the extensions out of a hello in one record.
func extensionsOf(raw []byte) []byte {
	rest := raw[5+4+2+32:]
	rest = rest[1+int(rest[0]):]
	rest = rest[2+int(rest[0])<<8+int(rest[1]):]
	return rest[1+int(rest[0])+2:]
}

func agree(t *testing.T, raw []byte) {
	hello, read, err := tlssni.Read(bytes.NewReader(raw), nil)
	if !bytes.HasPrefix(raw, read) {
		t.Fatal("the bytes to send on are not those that came")
	}
	oracle := seenByTLS(raw)
	switch {
	case err == nil && oracle == nil:
		t.Fatalf("crypto/tls refuses what Read takes as %+v", hello)
	case err != nil && oracle != nil && !stricter.MatchString(err.Error()):
		t.Fatalf("crypto/tls takes a hello for %q that Read refuses: %v", oracle.ServerName, err)
	case err == nil:
		compare(t, hello, oracle)
	}
}

func compare(t *testing.T, hello tlssni.Hello, oracle *tls.ClientHelloInfo) {
	if hello.ServerName != strings.ToLower(oracle.ServerName) {
		t.Errorf("server name %q, crypto/tls has %q", hello.ServerName, oracle.ServerName)
	}
	if !slices.Equal(hello.ALPN, oracle.SupportedProtos) {
		t.Errorf("ALPN %q, crypto/tls has %q", hello.ALPN, oracle.SupportedProtos)
	}
	if hello.Versions != nil && !slices.Equal(hello.Versions, oracle.SupportedVersions) {
		t.Errorf("versions %x, crypto/tls has %x", hello.Versions, oracle.SupportedVersions)
	}
}
