package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"weir/config"
	"weir/metrics/arms"
	"weir/proxy"
	"weir/proxy/exchange"
	"weir/proxy/http1"
)

// front is what faces clients: all that a reload makes anew.
type front struct {
	conf      *config.Config
	protos    map[string]string // of conf.Listen, by address
	handler   *exchange.Handler
	listeners []proxy.Listener // of conf.Listen, in its order
	addrs     []net.Addr       // where they are open, likewise
}

// newFront makes the front of a's configuration, with the certificates that are
// in use now.
func (a *App) newFront(p *parts) (*front, error) {
	c := a.Config.Proxy
	schemes, err := p.passwords.use(a)
	if err != nil {
		return nil, err
	}
	h1 := &http1.Transport{Pool: p.pool, Limits: limits(a.Config, config.Listener{}), ResponseHeader: c.ResponseHeaderTimeout}
	handler := &exchange.Handler{
		Chooser:  p.chooser,
		Policy:   policy(c.Header, localIP(c)),
		Auth:     schemes,
		Observer: arms.Observer{Observer: p.observers()},
		Details:  p.accessLog != nil || p.fabio != nil,
		Coder:    coder(c),
		Tracer:   p.tracer,
		Transports: map[string]exchange.Transport{
			"http": h1, "https": h1, "h2": p.h2, "h2c": p.h2, "grpc": p.h2, "grpcs": p.h2,
		},
		Mirror:  p.mirror,
		Retry:   p.retries,
		NoRoute: func() (int, []byte) { return c.NoRouteStatus, []byte(p.publisher.NoRouteHTML()) },
	}
	protos := map[string]string{}
	for _, l := range a.Config.Listen {
		protos[l.Addr] = l.Proto
	}
	return &front{conf: a.Config, protos: protos, handler: handler, listeners: a.listeners(proxy.Listener{HTTP: handler, Dialer: p.dialer, Web: a.scrapes(p.observer)}, p.certs)}, nil
}

// fronts are the one in use, and those before it whose WebSockets are still open.
type fronts struct {
	now atomic.Pointer[front] // nil before the listeners are open

	mu  sync.Mutex
	all []*front
}

func (f *fronts) use(next *front) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(old *front) bool { return old.handler.Upgraded() == 0 })
	f.all = append(f.all, next)
	f.now.Store(next)
}

// proto is the protocol of a listener. Those that a reload has closed, and those
// of ports that the table names, have none in the configuration.
func (f *fronts) proto(listener string) string {
	if now := f.now.Load(); now != nil {
		return now.protos[listener]
	}
	return ""
}

// webSockets counts those that are open.
func (f *fronts) webSockets() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.all {
		n += one.handler.Upgraded()
	}
	return n
}

// opened makes one the front in use, and tells where it is.
func (p *parts) opened(log *slog.Logger, one *front) {
	p.fronts.use(one)
	for i, addr := range one.addrs {
		log.Info("listening", "listener", addr.String(), "proto", one.conf.Listen[i].Proto)
	}
}

// open makes the listeners those of a's configuration.
func (a *App) open(ctx context.Context, p *parts) error {
	if err := p.certs.Use(certSources(a.Config)); err != nil {
		return err
	}
	p.awaitCertificates(ctx, a.Config.Registry.Timeout)
	next, err := a.newFront(p)
	if err != nil {
		return err
	}
	if next.addrs, err = p.server.Apply(ctx, next.listeners); err != nil {
		return err
	}
	a.setRuntime()
	p.opened(a.Log, next)
	return nil
}

// reopen makes the listeners those of conf. When that fails they are as before,
// also in their certificates.
func (a *App) reopen(ctx context.Context, p *parts, conf *config.Config) error {
	next, before := *a, *a
	next.Config, before.Config = conf, p.config(a)
	err := next.open(ctx, p)
	if err != nil {
		return errors.Join(err, before.open(ctx, p))
	}
	return nil
}
