// Package upstream makes connections to targets and keeps idle ones.
package upstream

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"weir/route"
)

// Dialer opens connections to targets. Its fields are set before the first use.
// It is safe for concurrent use.
type Dialer struct {
	Timeout time.Duration // for connect and TLS handshake together; zero means 30 s, negative a day
	// TLS is the base of upstream TLS configurations; nil means Go's defaults.
	TLS *tls.Config
	// Credentials are what targets' Credentials name.
	Credentials map[string]*Credentials

	mu       sync.Mutex
	sessions map[string]tls.ClientSessionCache // by pool key
}

// Dial opens a connection to t, with TLS where its scheme asks for it, offering
// the protocols of alpn. It may take as long as Timeout and, where that is not 0,
// limit allow. The server name is t.ServerName() or else the name the client asked
// for (host), without port. The connection is a *net.TCPConn or a *tls.Conn after its
// handshake.
func (d *Dialer) Dial(ctx context.Context, t *route.Target, host string, limit time.Duration, alpn ...string) (net.Conn, error) {
	return d.DialBehind(ctx, nil, t, host, limit, alpn...)
}

// DialBehind is Dial with bytes that the target gets before all others, as a
// PROXY header is.
func (d *Dialer) DialBehind(ctx context.Context, first []byte, t *route.Target, host string, limit time.Duration, alpn ...string) (net.Conn, error) {
	deadline := time.Now().Add(d.limit(limit))
	conn, err := connect(ctx, t.Addr(), deadline)
	if err != nil {
		return nil, err // not a typed nil
	}
	if len(first) > 0 {
		if _, err := conn.Write(first); err != nil { // fits into the empty socket
			conn.Close()
			return nil, err
		}
	}
	if !Secure(t.Scheme()) {
		return conn, nil
	}
	config, err := d.config(t, host, alpn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	client := tls.Client(&dryConn{TCPConn: conn}, config)
	conn.SetDeadline(deadline)
	if err := client.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("tls handshake with %s as %q: %w", t.Addr(), ServerName(t, host), err)
	}
	conn.SetDeadline(time.Time{})
	return client, nil
}

// limit is how long a Dial may take that was given most.
func (d *Dialer) limit(most time.Duration) time.Duration {
	timeout := cmp.Or(d.Timeout, 30*time.Second)
	if timeout < 0 {
		timeout = 24 * time.Hour
	}
	return min(timeout, cmp.Or(most, timeout))
}

// connect opens a plain TCP connection to addr, without keep-alive probes.
func connect(ctx context.Context, addr string, deadline time.Time) (*net.TCPConn, error) {
	ctx, cancel := before(ctx, addr, deadline)
	defer cancel()
	// Not Dialer.DialTCP: without a local address it binds the socket to port 0,
	// which costs a search for a free port that grows with the open connections.
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// Secure reports whether targets of the scheme are spoken to over TLS.
func Secure(scheme string) bool {
	return scheme == "https" || scheme == "h2" || scheme == "grpcs"
}

func (d *Dialer) config(t *route.Target, host string, alpn []string) (*tls.Config, error) {
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
	if name := t.Credentials(); name != "" {
		c := d.Credentials[name]
		if c == nil {
			return nil, fmt.Errorf("there are no credentials %q for TLS to target %s", name, t.Addr())
		}
		if err := c.apply(config); err != nil {
			return nil, err
		}
	}
	return config, nil
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
