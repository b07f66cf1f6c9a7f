package compress

import (
	"slices"
	"strings"
	"testing"

	"weir/proxy/exchange"
)

// TestWhatIsCoded: of each answer, which fields the client gets.
func TestWhatIsCoded(t *testing.T) {
	const vary = "Vary: Accept-Encoding"
	for name, c := range map[string]struct {
		accept   string
		status   int
		head     string // fields with | between them
		length   int64
		bodyless bool
		want     string
	}{
		"text":              {"gzip", 200, "Content-Type: text/html; charset=utf-8", 1000, false, "Content-Encoding: gzip|Content-Type: text/html; charset=utf-8|" + vary},
		"of unknown length": {"br", 200, "Content-Type: text/css", -1, false, "Content-Encoding: br|Content-Type: text/css|" + vary},
		"an error page":     {"zstd", 404, "Content-Type: text/html", 1000, false, "Content-Encoding: zstd|Content-Type: text/html|" + vary},
		"a strong ETag":     {"gzip", 200, `Content-Type: text/html|ETag: "x"|Accept-Ranges: bytes`, 1000, false, `Content-Encoding: gzip|Content-Type: text/html|ETag: W/"x"|` + vary},
		"a weak ETag":       {"gzip", 200, `Content-Type: text/html|ETag: W/"x"`, 1000, false, `Content-Encoding: gzip|Content-Type: text/html|ETag: W/"x"|` + vary},
		"it varies already": {"gzip", 200, "Content-Type: text/html|Vary: Origin, accept-encoding", 1000, false, "Content-Encoding: gzip|Content-Type: text/html|Vary: Origin, accept-encoding"},
		"it varies in all":  {"gzip", 200, "Content-Type: text/html|Vary: *", 1000, false, "Content-Encoding: gzip|Content-Type: text/html|Vary: *"},
		"identity is none":  {"gzip", 200, "Content-Type: text/html|Content-Encoding: identity", 1000, false, "Content-Encoding: gzip|Content-Type: text/html|" + vary},
		"who takes none":    {"", 200, `Content-Type: text/html|ETag: "x"|Accept-Ranges: bytes`, 1000, false, `Accept-Ranges: bytes|Content-Type: text/html|ETag: "x"|` + vary},
		"who refuses":       {"gzip;q=0", 200, "Content-Type: text/html", 1000, false, "Content-Type: text/html|" + vary},
		"HEAD":              {"gzip", 200, `Content-Type: text/html|ETag: "x"`, 1000, true, `Content-Type: text/html|ETag: "x"|` + vary},
		"another type":      {"gzip", 200, "Content-Type: image/png", 1000, false, "Content-Type: image/png"},
		"no type":           {"gzip", 200, "X: y", 1000, false, "X: y"},
		"too short":         {"gzip", 200, "Content-Type: text/html", 511, false, "Content-Type: text/html"},
		"a part":            {"gzip", 206, "Content-Type: text/html|Content-Range: bytes 0-999/2000", 1000, false, "Content-Range: bytes 0-999/2000|Content-Type: text/html"},
		"parts":             {"gzip", 206, "Content-Type: multipart/byteranges", 1000, false, "Content-Type: multipart/byteranges"},
		"not modified":      {"gzip", 304, `Content-Type: text/html|ETag: "x"`, -1, true, `Content-Type: text/html|ETag: "x"`},
		"no content":        {"gzip", 204, "Content-Type: text/html", -1, true, "Content-Type: text/html"},
		"encoded":           {"gzip", 200, "Content-Type: text/html|Content-Encoding: br", 1000, false, "Content-Encoding: br|Content-Type: text/html"},
		"not to be changed": {"gzip", 200, "Content-Type: text/html|Cache-Control: public, No-Transform", 1000, false, "Cache-Control: public, No-Transform|Content-Type: text/html"},
		"with a digest":     {"gzip", 200, "Content-Type: text/html|Content-Digest: sha-256=:x:", 1000, false, "Content-Digest: sha-256=:x:|Content-Type: text/html"},
		"events":            {"gzip", 200, "Content-Type: text/event-stream; charset=utf-8", -1, false, "Content-Type: text/event-stream; charset=utf-8"},
		"gRPC":              {"gzip", 200, "Content-Type: application/grpc+proto", -1, false, "Content-Type: application/grpc+proto"},
	} {
		x := &exchange.Exchange{Reply: &client{}, Request: exchange.Request{Fields: fields("Accept-Encoding: " + c.accept)}}
		coder := newCoder()
		coding, got := coder.Code(x, c.status, fields(strings.Split(c.head, "|")...), c.length, c.bodyless)
		if strings.Join(lines(got), "|") != c.want || (coding != nil) != (strings.Contains(c.want, "Content-Encoding: "+c.accept) && c.accept != "") {
			t.Errorf("%s: %q, coded: %v; want %s", name, lines(got), coding != nil, c.want)
		}
		if coding != nil {
			coding.Close()
		}
		if n := coder.under.Load(); n != 0 {
			t.Errorf("%s: %d codings are under way", name, n)
		}
	}
}

// TestAClientMayRefuseChanges by no-transform.
func TestAClientMayRefuseChanges(t *testing.T) {
	x := &exchange.Exchange{Request: exchange.Request{Fields: fields("Accept-Encoding: gzip", "Cache-Control: no-transform")}}
	if coding, _ := newCoder().Code(x, 200, fields("Content-Type: text/html"), -1, false); coding != nil {
		t.Error("the body is coded")
	}
}

// TestCodingsAreBounded: beyond that bodies go as they are.
func TestCodingsAreBounded(t *testing.T) {
	coder := newCoder()
	x := &exchange.Exchange{Reply: &client{}, Request: exchange.Request{Fields: fields("Accept-Encoding: gzip")}}
	var all []exchange.Coding
	for range maxCoding + 1 {
		coding, got := coder.Code(x, 200, fields("Content-Type: text/html"), -1, false)
		if coding != nil {
			all = append(all, coding)
		} else if slices.Contains(lines(got), "Content-Encoding: gzip") {
			t.Error("a plain body is called gzip")
		}
	}
	if len(all) != maxCoding {
		t.Errorf("%d at a time, want %d", len(all), maxCoding)
	}
	for _, coding := range all {
		coding.Close()
	}
	if coding, _ := coder.Code(x, 200, fields("Content-Type: text/html"), -1, false); coding == nil {
		t.Error("none is coded when all have ended")
	}
}
