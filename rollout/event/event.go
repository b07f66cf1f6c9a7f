// Package event is the catalogue of what can go wrong with a request or a
// connection at the edge, and the functions that find it. A rollout's verdict
// counts nothing else: each event is a stream of units that met it or did not.
package event

import (
	"fmt"
	"iter"
	"math/bits"
	"strings"
)

// Event is one entry of the catalogue. Its text form is its name, also as a key
// of a JSON object. The order of the constants is no part of any format.
type Event uint8

// The catalogue. Facts tells what each one means.
const (
	HTTPStatus Event = iota
	GRPCStatus
	ConnectFail
	UpstreamReset
	Timeout
	NoInstance
	SlowP50
	SlowP90
	SlowP99
	ClientError
	ConnectSlow
	NoServerBytes
	TLSAlert
	FirstByteSlow
	ShortSession
	TLSHandshake

	Count = iota // how many there are
)

// Kind says what a rollout makes of an event.
type Kind string

const (
	// Failure counts in the verdict and in the guard on the total rate.
	Failure Kind = "failure"
	// Slow counts in the verdict only: its threshold is a quantile of stable,
	// so that a part of all units meets it by construction.
	Slow Kind = "slow"
	// Shown is for people: it depends on clients more than on the version, or
	// happens before a variant is chosen.
	Shown Kind = "shown"
)

// TCPOnly is the Over of events whose units are connections.
const TCPOnly = "tcp"

// Facts is what is known of an event.
type Facts struct {
	Name  string
	Kind  Kind
	Over  string // the protocols it is counted on
	Means string
}

// facts is a function so that nobody can write to the catalogue.
func facts() [Count]Facts {
	return [Count]Facts{
		HTTPStatus:    {"http_5xx", Failure, "http", "the target answered with a server error (500 to 599, or the statuses of the policy)"},
		GRPCStatus:    {"grpc_status", Failure, "grpc", "the call ended UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE or DATA_LOSS"},
		ConnectFail:   {"connect_fail", Failure, "http, grpc, tcp", "no connection to the target could be made"},
		UpstreamReset: {"upstream_reset", Failure, "http, grpc, tcp", "the target reset the connection or cut its answer"},
		Timeout:       {"timeout", Failure, "http, grpc", "the target did not answer in time"},
		NoInstance:    {"no_instance", Failure, "http, grpc, tcp", "the variant was drawn and had no instance that is up"},
		SlowP50:       {"slow_p50", Slow, "http, grpc", "the answer took longer than half of stable's answers did"},
		SlowP90:       {"slow_p90", Slow, "http, grpc", "the answer took longer than 90 % of stable's answers did"},
		SlowP99:       {"slow_p99", Slow, "http, grpc", "the answer took longer than 99 % of stable's answers did"},
		ClientError:   {"http_4xx", Shown, "http", "the target answered with a client error"},
		ConnectSlow:   {"connect_slow", Slow, TCPOnly, "the connection to the target took longer than usual"},
		NoServerBytes: {"no_server_bytes", Failure, TCPOnly, "the target ended the connection before its first byte, after the client had sent something"},
		TLSAlert:      {"tls_alert_pre_hello", Failure, TCPOnly, "the first TLS record of the target was an alert instead of a ServerHello"},
		FirstByteSlow: {"ttfb_slow", Slow, TCPOnly, "the first byte of the target took longer than usual"},
		ShortSession:  {"short_session", Slow, TCPOnly, "the target ended the connection sooner and with fewer bytes than usual"},
		TLSHandshake:  {"tls_handshake", Shown, "tls", "the client and weir did not agree on TLS"},
	}
}

// Catalogue lists all events in order.
func Catalogue() []Facts { all := facts(); return all[:] }

// Facts is the event's entry.
func (e Event) Facts() Facts {
	if int(e) >= Count {
		return Facts{Name: fmt.Sprintf("event(%d)", uint8(e)), Kind: Shown}
	}
	return facts()[e]
}

// String is the event's name.
func (e Event) String() string { return e.Facts().Name }

// Parse finds an event by its name. An error names the text and all names.
func Parse(name string) (Event, error) {
	var names []string
	for i, f := range facts() {
		if f.Name == name {
			return Event(i), nil
		}
		names = append(names, f.Name)
	}
	return 0, fmt.Errorf("bad event %q is none of %s", name, strings.Join(names, ", "))
}

// MarshalText is the event's name.
func (e Event) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what Parse reads.
func (e *Event) UnmarshalText(name []byte) (err error) {
	*e, err = Parse(string(name))
	return err
}

// Set is a set of events. The zero value is empty.
type Set uint32

// With is the set and e.
func (s Set) With(e Event) Set { return s | 1<<e }

// Has reports whether e is in the set.
func (s Set) Has(e Event) bool { return s&(1<<e) != 0 }

// All yields the events in order.
func (s Set) All() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(Event(bits.TrailingZeros32(uint32(s)))) {
				return
			}
		}
	}
}

// String lists the names, separated by blanks.
func (s Set) String() string {
	var names []string
	for e := range s.All() {
		names = append(names, e.String())
	}
	return strings.Join(names, " ")
}
