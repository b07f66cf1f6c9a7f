package app

import (
	"cmp"
	"time"

	"weir/config"
	"weir/proxy/exchange"
)

// limits are those of one listener: its own time limits, else the global ones.
func limits(conf *config.Config, l config.Listener) exchange.Limits {
	p := conf.Proxy
	return exchange.Limits{
		HeaderBytes:  p.Limits.HeaderBytes,
		HeaderFields: p.Limits.HeaderFields,
		URIBytes:     p.Limits.URIBytes,
		Header:       p.Timeout.Header,
		Idle:         cmp.Or(l.IdleTimeout, p.Timeout.Idle),
		Body:         cmp.Or(shorter(l.ReadTimeout, l.WriteTimeout), p.Timeout.Body),
		Request:      p.Timeout.Request,
		Tunnel:       cmp.Or(shorter(l.ReadTimeout, l.WriteTimeout), p.Timeout.TCPIdle),
	}
}

// shorter is the shorter of two limits, of which 0 is none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
