//go:build linux

package tcp

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"weir/proxy/proxyproto"
	"weir/route"
)

// Decrypted is a connection whose TLS was ended by us, on the way to a target:
// what Conn is for bytes that are passed on as they are. Go's TLS cannot be
// driven by a poller, so it has two goroutines.
type Decrypted struct {
	search
	poller *Poller
	local  netip.AddrPort
	client twoWay

	ctx    context.Context // ends when the connection is cut
	cancel context.CancelFunc

	mu     sync.Mutex
	target twoWay        // nil before one took the connection
	chosen *route.Target // nil before target
	why    error         // why it was cut
	ended  bool          // one side has ended its direction

	in, out atomic.Int64 // bytes from the client, to the client
	moved   int64        // by the last Tick
	still   time.Time    // since when no more moved
}

// twoWay is a connection each direction of which ends by itself.
type twoWay interface {
	net.Conn
	CloseWrite() error
}

// Decrypted makes the connection of a client after its TLS handshake, in which it
// named serverName.
func (e *Engine) Decrypted(client twoWay, ends Ends, serverName string) *Decrypted {
	d := &Decrypted{poller: e.Poller, client: client, local: ends.Local}
	d.search = search{engine: e, remote: ends.Remote}
	d.session.Listener, d.session.Client, d.session.Start = e.Listener, ends.Remote.Addr(), time.Now()
	d.session.Port, d.session.Timed, d.session.ServerName = ends.Remote.Port(), e.Timed, serverName
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Serve runs the connection until it ends and closes it.
func (d *Decrypted) Serve() {
	defer d.cancel()
	if err := d.reach(); err != nil {
		d.cut(err, false)
	} else {
		d.relay()
	}
	d.client.Close()
	if d.target != nil {
		d.target.Close()
	}
	d.mu.Lock()
	d.session.Err = d.why
	d.mu.Unlock()
	d.session.BytesIn, d.session.BytesOut = d.in.Load(), d.out.Load()
	d.engine.Observer.Session(&d.session)
}

// reach connects to a target.
func (d *Decrypted) reach() error {
	for {
		t, wait, err := d.next()
		if err != nil {
			return err
		}
		if t == nil {
			if !sleep(d.ctx, wait) {
				return errCut
			}
			continue
		}
		d.session.Dials()
		conn, err := d.engine.Dialer.DialBehind(d.ctx, d.announce(t), t, d.session.ServerName, d.connectTime())
		if err == nil {
			d.session.Connected()
			return d.reached(t, conn.(twoWay))
		}
		d.failed(t, err)
	}
}

// announce is what a target is to get before the client's bytes.
func (d *Decrypted) announce(t *route.Target) []byte {
	return proxyproto.Header{Source: d.remote, Dest: d.local}.Append(nil, proxyproto.Version(t.ProxyProto()))
}

// reached notes the connection to a target, unless the client's was cut meanwhile.
func (d *Decrypted) reached(t *route.Target, conn twoWay) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.target, d.chosen = conn, t
	return d.why
}

// cut ends the connection, unless it was cut before; with reset both sides see
// that it broke.
func (d *Decrypted) cut(why error, reset bool) {
	d.mu.Lock()
	first, target := d.why == nil, d.target
	if first {
		d.why = why
	}
	d.mu.Unlock()
	d.cancel()
	if first && reset {
		abort(d.client)
		if target != nil {
			abort(target)
		}
	}
}

// sleep waits d and reports false when ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
