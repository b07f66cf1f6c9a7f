package tlssni_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"weir/tlssni"
)

// hostile is a case of testdata/hostile_clienthello.json: what a stranger sends
// and where a passthrough may take it.
type hostile struct {
	Name, Category, Why string
	Passthrough         string // a, b, none, a_or_none
	Steps               []struct {
		B64 []byte `json:"b64"`
		Gz  []byte `json:"gz_b64"`
	}
}

func (h hostile) bytes(t testing.TB) (all []byte) {
	for _, s := range h.Steps {
		if s.Gz == nil {
			all = append(all, s.B64...)
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(s.Gz))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, plain...)
	}
	return all
}

func corpus(t testing.TB) (all []hostile) {
	data, err := os.ReadFile("testdata/hostile_clienthello.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHostileHellos(t *testing.T) {
	for _, h := range corpus(t) {
		t.Run(h.Name, func(t *testing.T) {
			raw := h.bytes(t)
			for how, r := range map[string]io.Reader{
				"at once": bytes.NewReader(raw), "byte by byte": iotest.OneByteReader(bytes.NewReader(raw)),
			} {
				hello, read, err := tlssni.Read(r, nil)
				got := map[string]string{"a.test": "a", "b.test": "b", "": "none"}[hello.ServerName]
				if got != h.Passthrough && (h.Passthrough != "a_or_none" || got == "b") {
					t.Errorf("%s (%s): routed to %s, want %s; error: %v", how, h.Why, got, h.Passthrough, err)
				}
				if !bytes.HasPrefix(raw, read) {
					t.Errorf("%s: the bytes to send on are not those that came", how)
				}
			}
		})
	}
}
