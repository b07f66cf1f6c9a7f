package http1

import (
	"fmt"

	"weir/proxy/exchange"
)

// refusal is why a message is not taken, and the status that a client gets.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.reason) }

// Refusal implements exchange.Refusal.
func (r *refusal) Refusal() (status int, text string) { return r.status, r.reason }

var _ exchange.Refusal = (*refusal)(nil)

// The refusals of a head or a body.
var (
	errBareLF      = &refusal{400, "a line ends without carriage return"}
	errControl     = &refusal{400, "control byte in a line"}
	errNotHTTP     = &refusal{400, "not HTTP/1: the first line must be \"METHOD target HTTP/1.1\""}
	errVersion     = &refusal{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"}
	errMethod      = &refusal{405, "CONNECT, TRACE and PRI are not allowed"}
	errURILength   = &refusal{414, "the request target is too long"}
	errTarget      = &refusal{400, "the request target must be a path or an http URL of printable ASCII"}
	errStar        = &refusal{400, "the request target * is for OPTIONS only"}
	errFold        = &refusal{400, "a header line starts with a space or tab"}
	errName        = &refusal{400, "a header line must be a token, a colon and a value"}
	errValue       = &refusal{400, "control byte in a header value"}
	errFields      = &refusal{431, "too many header fields"}
	errHead        = &refusal{431, "the header is too large"}
	errNoHost      = &refusal{400, "exactly one Host is required"}
	errHost        = &refusal{400, "Host must be a name or address with an optional port"}
	errLength      = &refusal{400, "Content-Length must be one decimal number"}
	errEncoding    = &refusal{400, "Transfer-Encoding must be chunked"}
	errBothLengths = &refusal{400, "both Content-Length and Transfer-Encoding"}
	errAlias       = &refusal{400, "a field name that can be taken for Content-Length or Transfer-Encoding"}
	errEncoding10  = &refusal{400, "Transfer-Encoding in an HTTP/1.0 message"}
	errTrailer     = &refusal{400, "Trailer announces a field that frames the message"}
	errConnection  = &refusal{400, "Connection names too many fields"}
	errStatus      = &refusal{502, "the first line must be \"HTTP/1.1 200 OK\" with a status from 100 to 599"}
	errExpect      = &refusal{417, "only 100-continue can be expected"}
	errChunk       = &refusal{400, "a chunk must be a hexadecimal size, CRLF, as many bytes, CRLF"}
	errChunkLine   = &refusal{400, "a chunk size line is too long"}
	errExtensions  = &refusal{413, "chunk extensions outweigh the data"}
	errCut         = &refusal{400, "the message ended early"}
	errSlowHead    = &refusal{408, "the head did not arrive in time"}
	errSlowBody    = &refusal{408, "the body did not arrive in time"}
)
