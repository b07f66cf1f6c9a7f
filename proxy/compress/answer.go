package compress

import (
	"bytes"

	"weir/proxy/exchange"
)

// answer is what matters in the head of an answer.
type answer struct {
	kind   []byte // Content-Type
	varies bool   // Vary has Accept-Encoding already
	plain  bool   // the body must go as it is
}

func examine(fields []exchange.Field) (a answer) {
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Is("content-type"):
			a.kind = f.Value
		case f.Is("vary"):
			a.varies = a.varies || lists(f.Value, "accept-encoding") || lists(f.Value, "*")
		case f.Is("content-encoding"):
			a.plain = a.plain || !exchange.EqualFold(bytes.TrimSpace(f.Value), "identity")
		case f.Is("cache-control"):
			a.plain = a.plain || lists(f.Value, "no-transform")
		case f.Is("content-range"), f.Is("content-md5"), f.Is("digest"), f.Is("content-digest"), f.Is("repr-digest"), f.Is("signature"):
			a.plain = true // these are about the very bytes
		}
	}
	return a
}

// refusesChange reports whether the client asks for the body as the target has it
// (RFC 9111 section 5.2.1.6).
func refusesChange(fields []exchange.Field) bool {
	for i := range fields {
		if f := &fields[i]; f.Is("cache-control") && lists(f.Value, "no-transform") {
			return true
		}
	}
	return false
}

// isStream reports whether an answer is a stream of events or messages, each of
// which is to arrive by itself.
func isStream(kind []byte) bool {
	mime, _, _ := bytes.Cut(kind, []byte(";"))
	mime = bytes.TrimSpace(mime)
	const grpc = "application/grpc"
	return exchange.EqualFold(mime, "text/event-stream") || len(mime) >= len(grpc) && exchange.EqualFold(mime[:len(grpc)], grpc)
}

// lists reports whether a list of tokens has that one.
func lists(value []byte, lower string) bool {
	for item := range bytes.SplitSeq(value, []byte(",")) {
		if exchange.EqualFold(bytes.TrimSpace(item), lower) {
			return true
		}
	}
	return false
}
