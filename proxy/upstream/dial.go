// Package upstream makes connections to targets and keeps idle ones.
package upstream

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"weir/route"
)

// Dialer opens connections to targets. Its fields are set before the first use.
// It is safe for concurrent use.
type Dialer struct {
	Timeout time.Duration // for connect and TLS handshake together; zero means 30 s
	// TLS is the base of upstream TLS configurations; nil means Go's defaults.
	TLS *tls.Config

	mu       sync.Mutex
	sessions map[string]tls.ClientSessionCache // by pool key
}

// TCP opens a plain TCP connection to addr, without keep-alive probes.
func (d *Dialer) TCP(ctx context.Context, addr string) (*net.TCPConn, error) {
	ctx, cancel := before(ctx, addr, d.deadline())
	defer cancel()
	// Not Dialer.DialTCP: without a local address it binds the socket to port 0,
	// which costs a search for a free port that grows with the open connections.
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// Dial opens a connection to t, with TLS where its scheme asks for it, offering
// the protocols of alpn. The server name is t.Host() or else the name the
// client asked for (host), without port. The connection is a *net.TCPConn or a
// *tls.Conn after its handshake.
func (d *Dialer) Dial(ctx context.Context, t *route.Target, host string, alpn ...string) (net.Conn, error) {
	deadline := d.deadline()
	conn, err := d.TCP(ctx, t.Addr())
	if err != nil || !Secure(t.Scheme()) {
		if err != nil {
			return nil, err // not a typed nil
		}
		return conn, nil
	}
	client := tls.Client(conn, d.config(t, host, alpn))
	conn.SetDeadline(deadline)
	if err := client.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("tls handshake with %s as %q: %w", t.Addr(), ServerName(t, host), err)
	}
	conn.SetDeadline(time.Time{})
	return client, nil
}

// Secure reports whether targets of the scheme are spoken to over TLS.
func Secure(scheme string) bool {
	return scheme == "https" || scheme == "h2" || scheme == "grpcs"
}

// ServerName is the name that t is asked for over TLS when the client asked for
// host: without port and brackets.
func ServerName(t *route.Target, host string) string {
	for _, name := range []string{t.Host(), host, t.Addr()} {
		if name == "" {
			continue
		}
		if h, _, err := net.SplitHostPort(name); err == nil {
			return h
		}
		return strings.Trim(name, "[]")
	}
	return ""
}

func (d *Dialer) config(t *route.Target, host string, alpn []string) *tls.Config {
	config := &tls.Config{}
	if d.TLS != nil {
		config = d.TLS.Clone()
	}
	config.ServerName = ServerName(t, host)
	config.NextProtos = alpn
	if t.SkipVerify() {
		config.InsecureSkipVerify = true
	}
	config.ClientSessionCache = d.cache(t.PoolKey())
	return config
}

// cachedNames bounds the server names of one target whose sessions are kept;
// cachedTargets bounds the targets.
const (
	cachedNames   = 16
	cachedTargets = 4096
)

// cache keeps sessions by target, not by name: the instances of a service
// rarely share ticket keys.
func (d *Dialer) cache(key string) tls.ClientSessionCache {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.sessions[key]; c != nil {
		return c
	}
	if d.sessions == nil || len(d.sessions) >= cachedTargets {
		d.sessions = make(map[string]tls.ClientSessionCache)
	}
	c := tls.NewLRUClientSessionCache(cachedNames)
	d.sessions[key] = c
	return c
}

func (d *Dialer) deadline() time.Time {
	if d.Timeout == 0 {
		return time.Now().Add(30 * time.Second)
	}
	return time.Now().Add(d.Timeout)
}
