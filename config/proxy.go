package config

import (
	"net/netip"
	"time"
)

// Proxy is how requests and connections are handled.
type Proxy struct {
	Strategy      string     // "rnd", "rr", "leastconn", "p2c" or "hash"
	Matcher       string     // "prefix", "glob" or "iprefix"
	Compress      string     // regular expression of content types; empty: none
	NoRouteStatus int        // HTTP status without a route: 200 to 999
	LocalIP       netip.Addr // in Forwarded: by=. Invalid (the zero value): to be detected
	MaxConn       int        // idle connections kept for each target
	H2C           bool       // HTTP/2 without TLS, with prior knowledge, on http listeners

	// Trusted are the networks whose X-Forwarded-*, Forwarded and X-Real-Ip
	// headers are believed. Empty: nobody's.
	Trusted []netip.Prefix

	DialTimeout           time.Duration // of one connect to a target; 0: none
	ResponseHeaderTimeout time.Duration // from the end of a request to the response's header; 0: none
	KeepAliveTimeout      time.Duration // TCP keep-alive interval to targets; 0: Go's default
	IdleConnTimeout       time.Duration // an idle connection to a target is closed after this; 0: never
	ReadTimeout           time.Duration // preset of Listener.ReadTimeout
	WriteTimeout          time.Duration // preset of Listener.WriteTimeout

	// ShutdownWait is how long requests and connections may go on after the
	// listeners closed.
	ShutdownWait time.Duration
	// DeregisterGracePeriod is how long weir says that it is unhealthy, and
	// still serves, before the listeners close.
	DeregisterGracePeriod time.Duration

	UpstreamTLS []UpstreamTLS // by name, for targets that ask for one

	Header  Header
	Limits  Limits
	Timeout Timeout
	Retry   Retry
}

// Header names the headers that weir adds. An empty name adds none.
type Header struct {
	ClientIP  string // to the target: the client's address
	TLS       string // to the target, if the client came by TLS
	TLSValue  string // value of the TLS header
	RequestID string // to the target: a unique ID
	STS       STS
}

// STS is the Strict-Transport-Security header to clients on TLS, RFC 6797.
type STS struct {
	MaxAge     int // seconds; 0: no header
	Subdomains bool
	Preload    bool
}

// Limits bound what clients may use.
type Limits struct {
	HeaderBytes  int // of one request's header
	HeaderFields int // lines of one request's header
	URIBytes     int // of one request target
	Conns        int // open connections of each listener
	ConnsPerIP   int // open connections of one client address on a listener; 0: as Conns
	InFlight     int // requests at one target at a time; 0: no limit
}

// Timeout bounds how long clients may take.
type Timeout struct {
	Header  time.Duration // for a request's header, from its first byte
	Hello   time.Duration // for the whole TLS ClientHello and the handshake
	Idle    time.Duration // between two requests of one connection
	Body    time.Duration // without a byte of a body, in either direction
	Request time.Duration // for a whole request with its response; 0: no limit
	TCPIdle time.Duration // without a byte on a TCP connection, in either direction
}

// Retry says how what a target refuses or answers is repaired.
type Retry struct {
	Wait    time.Duration // how long another target is looked for when one refuses; 0: not at all
	Percent int           // of requests on routes that retry after an answer
	Least   int           // such retries in a second, however few requests there are
}
