package certs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// FuzzText reads any text as a certificate with its key, and as authorities.
// crypto/tls and crypto/x509 say what is one.
func FuzzText(f *testing.F) {
	m := newMaterial(f)
	for _, word := range []string{"a", "a.cert", "a.key", "no certificate"} {
		f.Add(m.text(word))
	}
	f.Add(append(m.text("a"), m.text("b.cert")...))
	f.Fuzz(func(t *testing.T, data []byte) {
		one := text{name: "a.pem", data: data}
		_, want := tls.X509KeyPair(data, data)
		all, problems := (&keeper{pair: byName}).take([]text{one})
		if (want == nil) != (len(all) == 1) || (want == nil) != (len(problems) == 0) {
			t.Fatalf("crypto/tls says %v, got %d certificates and %q", want, len(all), problems)
		}
		got, err := authorities(one)
		theirs := x509.NewCertPool()
		theirs.AppendCertsFromPEM(data)
		mine := x509.NewCertPool()
		for _, cert := range got {
			mine.AddCert(cert)
		}
		if err == nil && !headers(data) && !mine.Equal(theirs) {
			t.Fatal("other authorities than crypto/x509 sees")
		}
	})
}

// headers reports whether a block has some, which crypto/x509 leaves out.
func headers(data []byte) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if len(block.Headers) > 0 {
			return true
		}
	}
	return false
}
