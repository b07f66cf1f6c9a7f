package exchange

import (
	"crypto/tls"
	"io"
	"net/netip"
	"time"

	"weir/route"
)

// Protocol is the version a client speaks.
type Protocol uint8

// Protocols.
const (
	HTTP10 Protocol = iota
	HTTP11
	HTTP2
)

// Client is what is known of a client connection. It does not change after the
// handshake, and is shared by all exchanges of the connection.
type Client struct {
	Listener string               // the address the listener was configured with
	Remote   netip.AddrPort       // the client, from the PROXY header where one was taken
	Local    netip.AddrPort       // our end
	IP       []byte               // Remote's address as text
	TLS      *tls.ConnectionState // nil on a plain connection
	Trusted  bool                 // the peer is in proxy.trusted: its forwarding fields are believed
}

// Body is a request's body.
type Body interface {
	// Read reads decoded body bytes; io.EOF after the last. The first Read
	// sends "100 Continue" where the client waits for it.
	io.Reader
	// Trailers returns the trailer fields; valid after io.EOF.
	Trailers() []Field
}

// Request is a request as parsed, checked and stripped of everything that
// belongs to the connection: no Host, Connection and the fields it names,
// Keep-Alive, Proxy-Connection, TE (but "te: trailers"), Transfer-Encoding,
// Content-Length, Upgrade, HTTP2-Settings, Expect.
type Request struct {
	Proto   Protocol
	Method  []byte // a token
	URI     []byte // origin form, "/path?query", or "*"
	Host    []byte // checked authority; empty only where HTTP/1.0 had none
	Fields  []Field
	Length  int64 // of the body in bytes; 0 none, -1 not known in advance
	Body    Body  // nil when Length is 0
	Upgrade bool  // a WebSocket is asked for (HTTP/1.1 Upgrade or RFC 8441)
}

// Stream is a bidirectional byte stream after an upgrade.
type Stream interface {
	io.ReadWriteCloser
	CloseWrite() error // passes end of input on; reading goes on
}

// Reply is an engine's side of the answer. An engine that fails to write
// returns the error; the exchange is then over. Content-Length,
// Transfer-Encoding and Connection are the engine's own business and never in
// the fields it is given.
type Reply interface {
	// Interim sends a 1xx head other than 101; it does nothing for HTTP/1.0.
	Interim(status int, fields []Field) error
	// Head sends the final head. length is that of the body in bytes, -1 if
	// unknown. bodyless says that no body follows whatever length is (HEAD, 204, 304).
	Head(status int, fields []Field, length int64, bodyless bool) error
	// Write sends body bytes. It does not keep p. It may hold them back until
	// Flush or End.
	Write(p []byte) (int, error)
	// Flush sends what is held back; the next bytes are not here yet.
	Flush() error
	// End completes the message.
	End(trailers []Field) error
	// Upgrade answers a request with Upgrade set by success (101, or 200 on h2)
	// and returns the client's byte stream. The engine's Serve of this exchange
	// owns nothing of it any more; the caller closes it.
	Upgrade(fields []Field) (Stream, error)
	// Abort ends a message that cannot be completed so that the client notices.
	Abort()
}

// Exchange is one request and its answer. The engine makes or reuses it and
// fills Client and Request; everything else is filled on the way.
type Exchange struct {
	Client *Client
	Request
	Reply Reply

	// Decided. Host and path as the target is to see them.
	Route    *route.Route
	Target   *route.Target
	SendURI  []byte // origin form after strip and prepend, with query
	SendHost []byte
	Drawn    Drawn
	Connect  time.Duration // for one connection attempt, TLS included; 0 leaves it to the dialer

	// Measured.
	Start     time.Time
	Attempts  int           // connection attempts to targets, 0 when weir answered
	Status    int           // sent to the client; 0 when none was, 499 when the client left first
	BytesIn   int64         // request body bytes read
	BytesOut  int64         // answer body bytes written
	Err       error         // why the exchange failed; nil on success, whatever the status
	FirstByte time.Time     // when the target's final head came; zero when weir answered
	Connected time.Duration // that opening the connection to Target took, TLS included; 0 on one that was open
	ID        []byte        // the request ID that weir gave; nil without Policy.RequestID

	handler *Handler
	scratch []byte // backs fields that the policy adds
	fields  int    // number of Fields before those that depend on the target
	begun   bool   // a final head went to the client
	drops   int    // targets that ended the connection without an answer

	retries int // other targets that may be asked after what this one answers
	retried int // and were

	unedited []Field // Fields, while those for a target that wants them otherwise are in their place

	stays  uint64 // ID of the target that the client is to stay with
	sticky string // the cookie that has it stay with the present one; empty: it knows

	forwardedFor []byte // the client's own X-Forwarded-For, for access rules only
	claimedProto []byte // the client's own X-Forwarded-Proto, for leadsBack only
	leaving      leaving

	trace   Trace  // nil: it is not followed
	coder   Coder  // for the target's answer; nil on a copy
	coding  Coding // in use; nil: none
	uncoded Reply  // the engine's, while there is a coding
}

// Reset makes x ready for the next request of the connection, keeping buffers.
func (x *Exchange) Reset() {
	*x = Exchange{Client: x.Client, Reply: x.Reply, scratch: x.scratch[:0],
		Request: Request{Fields: x.Fields[:0]},
		SendURI: x.SendURI[:0], SendHost: x.SendHost[:0]}
}

// Begun reports whether a final head went to the client, after which the
// request can neither be answered otherwise nor be tried again.
func (x *Exchange) Begun() bool { return x.begun }
