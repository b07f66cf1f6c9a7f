package http1

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"slices"

	"weir/proxy/exchange"
)

// tryReader is a Body that says what is here without waiting for more.
type tryReader interface {
	// TryRead is Read, but fails with errLater where it would have to wait.
	TryRead(p []byte) (int, error)
}

var errUnsendable = errors.New("the request cannot be written in HTTP/1.1")

// compose writes the request's head and as much of its body as is here and fits.
func (a *attempt) compose() (exchange.Failure, error) {
	x := a.x
	if !isToken(x.Method) || len(x.SendURI) == 0 || !all(x.SendURI, targetByte) || !isValue(x.SendHost) {
		return exchange.SendFailed, errUnsendable
	}
	out := a.out
	if x.Upgrade {
		out = append(out, "GET"...) // extended CONNECT means the same
	} else {
		out = append(out, x.Method...)
	}
	out = append(append(append(out, ' '), x.SendURI...), " HTTP/1.1\r\nHost: "...)
	if len(x.SendHost) > 0 {
		out = append(out, x.SendHost...)
	} else {
		out = append(out, a.t.Addr()...)
	}
	out = appendFields(append(out, "\r\n"...), a.endToEnd())
	a.out = append(a.appendFraming(out), "\r\n"...)
	if x.Length == 0 {
		return 0, nil
	}
	return exchange.ClientGone, a.composeBody()
}

// endToEnd returns the fields to send.
func (a *attempt) endToEnd() []exchange.Field {
	drop := func(f exchange.Field) bool { return hopByHop(f.Name) }
	if !slices.ContainsFunc(a.x.Fields, drop) {
		return a.x.Fields
	}
	return slices.DeleteFunc(slices.Clone(a.x.Fields), drop)
}

// hopByHop reports whether a field is this side's own business. An engine takes
// them off; one that did not must not frame the message anew.
func hopByHop(name []byte) bool {
	switch len(name) {
	case 2:
		return exchange.EqualFold(name, "te")
	case 4:
		return exchange.EqualFold(name, "host")
	case 7:
		return exchange.EqualFold(name, "upgrade")
	case 10:
		return exchange.EqualFold(name, "connection")
	case 14:
		return exchange.EqualFold(name, "content-length")
	case 17:
		return exchange.EqualFold(name, "transfer-encoding")
	}
	return false
}

func (a *attempt) appendFraming(out []byte) []byte {
	x := a.x
	switch {
	case x.Upgrade:
		return appendUpgrade(out, x.Fields)
	case x.Length > 0:
		return appendLength(out, x.Length)
	case x.Length < 0:
		return append(out, "Transfer-Encoding: chunked\r\n"...)
	}
	switch string(x.Method) {
	case "POST", "PUT", "PATCH": // RFC 9110 section 8.6
		return appendLength(out, 0)
	}
	return out
}

// appendUpgrade asks for a WebSocket (RFC 6455 section 4.1). A client of HTTP/2
// has sent no key.
func appendUpgrade(out []byte, fields []exchange.Field) []byte {
	out = append(out, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	for _, f := range fields {
		if f.Is("sec-websocket-key") {
			return out
		}
	}
	var key [16]byte
	rand.Read(key[:])
	out = append(out, "Sec-WebSocket-Key: "...)
	out = base64.StdEncoding.AppendEncode(out, key[:])
	return append(out, "\r\n"...)
}

// composeBody adds the body as far as it is here. What comes later is left to
// an upload.
func (a *attempt) composeBody() error {
	body, ok := a.x.Body.(tryReader)
	if !ok {
		a.rest = true
		return nil
	}
	const spare = 64 // for the framing around a chunk
	for cap(a.out)-len(a.out) > 2*spare {
		room := min(cap(a.out)-len(a.out)-spare, len(a.in))
		n, err := body.TryRead(a.in[:room])
		a.out = a.appendBody(a.out, a.in[:n])
		switch err {
		case nil:
		case io.EOF:
			a.out = a.appendEnd(a.out)
			return nil
		case errLater:
			a.rest = true
			return nil
		default:
			return err
		}
	}
	a.rest = true
	return nil
}

// appendBody writes body bytes in the framing of the request.
func (a *attempt) appendBody(out, p []byte) []byte {
	if a.x.Length > 0 || len(p) == 0 {
		return append(out, p...)
	}
	out = appendChunkSize(out, len(p))
	return append(append(out, p...), "\r\n"...)
}

// appendEnd ends the body.
func (a *attempt) appendEnd(out []byte) []byte {
	if a.x.Length > 0 {
		return out
	}
	return appendLastChunk(out, a.x.Body.Trailers())
}
