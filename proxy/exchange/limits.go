package exchange

import "time"

// Limits bound what strangers may send and how long they may take.
type Limits struct {
	HeaderBytes  int // of a whole request or response head
	HeaderFields int
	URIBytes     int

	Header  time.Duration // from the first byte (or the end of the handshake) to the end of the head
	Idle    time.Duration // between requests on a kept-alive connection
	Body    time.Duration // without a byte of body moving, either way
	Request time.Duration // whole exchange; 0 means no limit
	Tunnel  time.Duration // after an upgrade, without a byte either way; 0 means no limit
}
