// Package http2 is both ends of HTTP/2 (RFC 9113): Conn serves a client's
// connection, Transport sends requests to targets over few shared ones. Framing
// and HPACK are those of golang.org/x/net/http2; streams, flow control, limits
// and the state machine are written here, once for both ends (link, stream).
//
// One goroutine reads a connection. Whoever has something to send encodes it
// into the pending buffer under the connection's mutex, and one of them writes
// the buffer out; nothing holds the mutex while it waits for the network. The
// reading goroutine never writes itself, so two peers that both stop reading
// while they write cannot block each other.
package http2
