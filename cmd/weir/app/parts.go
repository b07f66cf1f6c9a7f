package app

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"weir/accesslog"
	"weir/admin"
	"weir/admin/journal"
	"weir/certs"
	"weir/config"
	"weir/intent"
	"weir/metrics"
	"weir/metrics/arms"
	"weir/metrics/fabio"
	"weir/proxy"
	"weir/proxy/exchange"
	"weir/proxy/http2"
	"weir/proxy/upstream"
	"weir/registry"
	"weir/registry/consul"
	"weir/rollout/controller"
	"weir/rollout/nomad"
	"weir/rollout/peers"
	"weir/route"
	"weir/store"
	"weir/ui"
)

// parts are what an App runs.
type parts struct {
	adminAddr net.Addr
	live      route.Live
	publisher *registry.Publisher
	registrar *consul.Registrar // nil: weir is not registered
	store     store.Store
	intents   *intent.Store
	rollouts  *controller.Controller
	nomad     *nomad.Client // nil without nomad.addr
	arms      *arms.Arms
	secret    func(context.Context) ([]byte, error) // that the fleet shares
	certs     *certs.Sources
	observer  *metrics.Collector
	fabio     *fabio.Observer // nil: nobody asks for fabio's names
	passwords *passwords
	chooser   *exchange.Chooser
	retries   *exchange.Budget
	mirror    *exchange.Mirror
	first     *front // that Run opens
	fronts    fronts
	reloads   reloads
	accessLog *accesslog.Log  // nil: none is asked for
	tracer    exchange.Tracer // nil: nothing is traced
	dialer    *upstream.Dialer
	pool      *upstream.Pool
	h2        *http2.Transport
	drains    *exchange.Drains
	server    *proxy.Server
	admin     *admin.Admin
	draining  atomic.Bool

	loops   []func(context.Context) error // run until the context ends
	closers []func() error
}

func (p *parts) close() error {
	var err error
	for _, c := range p.closers {
		err = errors.Join(err, c())
	}
	return err
}

// assemble makes all parts; nothing runs yet. The admin listener is at addr.
func (a *App) assemble(addr net.Addr) (*parts, error) {
	p := &parts{adminAddr: addr}
	for _, step := range []func(*parts) error{a.addStore, a.addRollouts, a.addRegistry, a.addCertificates, a.addUpstream, a.addAccessLog, a.addTracing, a.addServer, a.addAdmin} {
		if err := step(p); err != nil {
			return nil, errors.Join(err, p.close())
		}
	}
	return p, nil
}

func (a *App) addStore(p *parts) error {
	s := a.Store
	if s == nil {
		opened, err := openStore(a.Config)
		if err != nil {
			return err
		}
		p.closers = append(p.closers, opened.Close)
		s = opened
	}
	p.store, p.intents = s, intent.In(s)
	return nil
}

func (a *App) addRegistry(p *parts) error {
	sources, manual, err := a.sources(p)
	if err != nil {
		return err
	}
	p.publisher = registry.NewPublisher(registry.Config{
		Sources: sources, Intents: p.intents, Rollouts: p.arms, Live: &p.live,
		Options: routeOptions(a.Config), Log: a.Log, LogTable: a.Config.Log.Routes, File: a.stateFile("table.json"), Timeout: a.Config.Registry.Timeout,
	})
	p.rollouts.Publisher, p.rollouts.Table = p.publisher, (&teller{live: &p.live, status: p.publisher.Status}).now
	if p.registrar, err = a.registrar(p); err != nil {
		return err
	}
	p.admin = &admin.Admin{Overrides: manual}
	p.loops = append(p.loops, p.publisher.Run, p.rollouts.Run, p.arms.Run)
	return nil
}

func (a *App) addUpstream(p *parts) error {
	c := a.Config.Proxy
	credentials, err := a.credentials()
	if err != nil {
		return err
	}
	for _, one := range credentials {
		p.loops = append(p.loops, one.Run)
	}
	p.dialer = &upstream.Dialer{Timeout: c.DialTimeout, Credentials: credentials}
	p.pool = &upstream.Pool{Dialer: p.dialer, MaxIdle: c.MaxConn, IdleTimeout: c.IdleConnTimeout, MaxInFlight: c.Limits.InFlight}
	p.h2 = &http2.Transport{Dialer: p.dialer, Limits: limits(a.Config, config.Listener{}), Response: c.ResponseHeaderTimeout, IdleTimeout: c.IdleConnTimeout, MaxInFlight: c.Limits.InFlight}
	p.drains = &exchange.Drains{Live: &p.live, CloseIdle: p.closeIdle}
	if err := a.addFabio(p); err != nil {
		return err
	}
	conf := metrics.Config{
		Version: a.Version, Live: &p.live, Publisher: troubled{p.publisher, p}, Certificates: p.certs.Status, Rollouts: p.rollouts, InFlight: p.inFlight,
		Open:     func() map[exchange.Part]int { return p.drains.Report().Open },
		Reloaded: p.reloads.last,
	}
	if slices.Contains(a.Config.Metrics.Targets, "prometheus") {
		conf.Also = p.fabio.Gatherer()
	}
	p.observer = metrics.New(conf)
	p.loops = append(p.loops, p.pool.Run, p.h2.Run, p.observer.Run)
	return nil
}

// observers are all that count what happens.
func (p *parts) observers() exchange.Observer {
	all := exchange.Observers{p.observer}
	if p.fabio != nil {
		all = append(all, p.fabio)
	}
	if p.accessLog != nil {
		all = append(all, p.accessLog)
	}
	if len(all) == 1 {
		return p.observer
	}
	return all
}

// inFlight is how many requests to t are under way, in either protocol.
func (p *parts) inFlight(t *route.Target) int { return p.pool.InFlight(t) + p.h2.InFlight(t) }

// closeIdle closes the idle connections to t, in either protocol.
func (p *parts) closeIdle(t *route.Target) {
	p.pool.CloseIdle(t)
	p.h2.CloseIdle(t)
}

func (a *App) addServer(p *parts) error {
	p.passwords = newPasswords()
	c := a.Config.Proxy
	p.chooser = &exchange.Chooser{Live: &p.live, Sticky: &exchange.Sticky{Secret: p.secret, Log: a.Log}, Wait: cmp.Or(c.Retry.Wait, -1)}
	p.retries = &exchange.Budget{Percent: c.Retry.Percent, Least: c.Retry.Least}
	p.mirror = a.mirror(p)
	p.loops = append(p.loops, p.passwords.Run, p.chooser.Sticky.Run, p.mirror.Run)
	var err error
	if p.first, err = a.newFront(p); err != nil {
		return err
	}
	p.server = &proxy.Server{Listeners: p.first.listeners, Observer: p.first.handler.Observer, Drains: p.drains, Log: a.Log}
	return nil
}

func (a *App) addAdmin(p *parts) error {
	*p.admin = admin.Admin{
		Live: &p.live, Publisher: troubled{p.publisher, p}, Certificates: p.certs.Status, Intents: p.intents, Rollouts: p.rollouts, Overrides: p.admin.Overrides,
		Journal: &journal.Journal{Store: p.store, Log: a.Log},
		Metrics: p.observer.Handler(), Meter: func() admin.Meter { return p.observer.Meter() }, Peers: peers.Handler(p.rollouts.Answer, p.secret), Options: routeOptions(a.Config), Config: func() any { return p.config(a) }, Version: a.Version,
		Path: a.Config.UI.Path, ReadOnly: a.Config.UI.Access == "ro", Draining: p.draining.Load, Log: a.Log,
		Copies:    p.arms.Copies,
		UI:        ui.Files(),
		Open:      p.drains.Report,
		Entrances: func() []admin.Entrance { return entrances(p.fronts.now.Load()) },
	}
	return a.addLogin(p)
}
