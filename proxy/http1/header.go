package http1

import (
	"weir/proxy/exchange"
)

// header is what requests and answers have in common after their first line.
// Names and values are parts of the bytes they were read from.
type header struct {
	first     lines            // until the first line has come
	scan      fieldScan        // from then on
	fields    []exchange.Field // those that do not belong to the connection
	dropped   int              // fields that do, and aliases
	lengths   int              // Content-Length fields
	length    int64            // their value
	encodings int              // Transfer-Encoding fields, each "chunked"
	upgrades  int              // Upgrade fields
	socket    bool             // the last one is "websocket"
	connection
}

// another is an empty header that uses the memory of h again.
func (h *header) another(fields []exchange.Field) header {
	return header{fields: fields[:0], connection: connection{named: h.named[:0]}}
}

// next returns the next header line of b. The last one has no name.
func (h *header) next(b []byte, lim *exchange.Limits) (name, value []byte, set byte, err error) {
	name, value, set, err = h.scan.next(b)
	switch {
	case h.scan.pos > lim.HeaderBytes || err == errMore && len(b) >= lim.HeaderBytes:
		return nil, nil, 0, errHead
	case name != nil && len(h.fields)+h.dropped >= lim.HeaderFields:
		return nil, nil, 0, errFields
	}
	return name, value, set, err
}

// take takes a field that frames the message or belongs to the connection, and
// reports whether it was one.
func (h *header) take(name, value []byte) (bool, error) {
	switch len(name) {
	case 2:
		return exchange.EqualFold(name, "te"), nil
	case 7:
		if exchange.EqualFold(name, "upgrade") {
			h.upgrades++
			h.socket = exchange.EqualFold(value, "websocket")
			return true, nil
		}
		if exchange.EqualFold(name, "trailer") {
			return false, announced(value)
		}
	case 10:
		if exchange.EqualFold(name, "connection") {
			return true, h.options(value)
		}
		return exchange.EqualFold(name, "keep-alive"), nil
	case 14:
		if exchange.EqualFold(name, "content-length") {
			return true, h.contentLength(value)
		}
		return exchange.EqualFold(name, "http2-settings"), nil
	case 16:
		return exchange.EqualFold(name, "proxy-connection"), nil
	case 17:
		if exchange.EqualFold(name, "transfer-encoding") {
			return true, h.transferEncoding(value)
		}
	}
	return false, nil
}

// announced refuses trailers that would frame the message when it has been read
// (RFC 9110 section 6.5.1). Others that are not forwarded may be announced.
func announced(value []byte) error {
	for name := range tokens(value) {
		if exchange.EqualFold(name, "content-length") || exchange.EqualFold(name, "transfer-encoding") || exchange.EqualFold(name, "trailer") {
			return errTrailer
		}
	}
	return nil
}

func (h *header) contentLength(value []byte) error {
	n, ok := decimal(value, 18)
	if h.lengths++; h.lengths > 1 || !ok {
		return errLength
	}
	h.length = n
	return nil
}

func (h *header) transferEncoding(value []byte) error {
	if h.encodings++; h.encodings > 1 || !exchange.EqualFold(value, "chunked") {
		return errEncoding
	}
	return nil
}

// complete looks at the header as a whole.
func (h *header) complete(proto exchange.Protocol) error {
	switch {
	case h.encodings > 0 && h.lengths > 0:
		return errBothLengths
	case h.encodings > 0 && proto == exchange.HTTP10:
		return errEncoding10
	}
	h.fields = h.without(h.fields)
	return nil
}
