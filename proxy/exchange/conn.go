package exchange

import (
	"net/netip"
	"time"

	"weir/route"
)

// Conn is a client connection as the server sees it. An engine makes it from
// an accepted connection.
type Conn interface {
	// Serve runs the connection until it ends and closes it.
	Serve()
	// Drain lets what runs finish and then ends the connection; an idle one
	// ends at once. It does not wait.
	Drain()
	// Tick is called about once a second and ends the connection when one of
	// its time limits has passed. So limits cost no timer and no syscall.
	Tick(now time.Time)
	// Look tells l what the connection has open with targets, and ends of that
	// what l says.
	Look(l *Look)
	// Close cuts the connection.
	Close() error
}

// Session is one finished TCP connection, for Observer.
type Session struct {
	Listener   string
	Client     netip.Addr
	Port       uint16        // the client's
	Route      *route.Route  // nil when none was found
	To         *route.Target // the last one tried; nil when none was
	Service    string        // empty when no route was found
	Variant    string
	Target     string // address
	ServerName string // SNI; empty on plain TCP
	Start      time.Time
	Attempts   int
	BytesIn    int64 // from the client
	BytesOut   int64 // to the client
	Err        error

	Timed bool // what follows is measured, as it is in a trial; else it is zero

	Drawn       Drawn         // in a trial
	Connect     time.Duration // until the target took the connection
	FirstByte   time.Duration // from then until its first byte; 0 when none came
	First       byte          // that byte
	TargetEnded bool          // the target ended the session, not the client
	since       time.Time     // of what is measured now
}

// Observer counts. Its methods are called from many goroutines and must not block.
type Observer interface {
	Accepted(listener string)        // a client connection began
	Closed(listener string)          // and ended
	Refused(listener, reason string) // a connection was closed unserved: limit, handshake, hello, PROXY header
	Exchange(x *Exchange)            // an HTTP exchange ended; x must not be kept
	Session(s *Session)              // a TCP connection ended
}
