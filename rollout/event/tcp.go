package event

import "time"

// recordAlert is the type of a TLS record that holds an alert, RFC 8446 section
// 5.1. After the ServerHello of TLS 1.3 alerts look like data.
const recordAlert = 21

// TCP is what is known of a connection when it has ended. One connection is one
// unit, however long it lives and however much it carries.
type TCP struct {
	Fault       Fault
	TLS         bool          // it began with a ClientHello
	Connect     time.Duration // until the target accepted
	FirstByte   time.Duration // from then to the target's first byte; 0 when none came
	First       byte          // that byte
	Sent        int64         // bytes passed to the target
	Received    int64         // bytes the target sent
	Lasted      time.Duration
	TargetEnded bool // the target closed or reset first
}

// TCPRules says what is unusual. Each is a quantile of stable, frozen when the
// rollout begins; zero means not known.
type TCPRules struct {
	ConnectSlow   time.Duration // 99 % of connections are made faster
	FirstByteSlow time.Duration // 99 % of first bytes come sooner
	ShortTime     time.Duration // 5 % of sessions are shorter
	ShortBytes    int64         // 5 % of sessions receive less
}

// Classify finds the events of a connection. It allocates nothing.
func (r TCPRules) Classify(x TCP) Set {
	set := x.Fault.set()
	if x.Fault == Unreachable || x.Fault == Nowhere {
		return set
	}
	if over(x.Connect, r.ConnectSlow) {
		set = set.With(ConnectSlow)
	}
	switch {
	case x.Received == 0 && x.Sent > 0 && x.TargetEnded:
		return set.With(NoServerBytes)
	case x.Received == 0:
		return set
	case x.TLS && x.First == recordAlert:
		set = set.With(TLSAlert)
	}
	if over(x.FirstByte, r.FirstByteSlow) {
		set = set.With(FirstByteSlow)
	}
	if x.TargetEnded && x.Lasted < r.ShortTime && x.Received < r.ShortBytes {
		set = set.With(ShortSession)
	}
	return set
}
