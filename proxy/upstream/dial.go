// Package upstream makes connections to targets and keeps idle ones.
package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"weir/route"
)

// Dialer opens connections to targets.
type Dialer struct {
	Timeout time.Duration // for connect and TLS handshake together; zero means 30 s
	// TLS is the base of upstream TLS configurations; nil means Go's defaults.
	TLS *tls.Config
}

// TCP opens a plain TCP connection to addr, without keep-alive probes.
func (d *Dialer) TCP(ctx context.Context, addr string) (*net.TCPConn, error) {
	panic("upstream: TCP")
}

// Dial opens a connection to t, with TLS where its scheme asks for it, offering
// the protocols of alpn. The server name is t.Host() or else the name the
// client asked for (host), without port.
func (d *Dialer) Dial(ctx context.Context, t *route.Target, host string, alpn ...string) (net.Conn, error) {
	panic("upstream: Dial")
}
