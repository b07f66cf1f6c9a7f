// Package app puts one weir together from a configuration, and runs it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"weir/config"
	"weir/registry"
	"weir/store"
)

// App is one weir. The fields are set before Run and do not change.
type App struct {
	Config  *config.Config
	Version string
	Log     *slog.Logger
	// AccessLog takes the lines of log.access.target=stdout; nil is standard output.
	AccessLog io.Writer
	// Source replaces the configured registry; nil uses that.
	Source registry.Source
	// Store replaces the configured store, and is not closed by Run; nil uses that.
	Store store.Store
	// Level is that of Log; nil: a reload does not change it.
	Level *slog.LevelVar
	// Reload, where each value makes weir read its configuration again, by Reread.
	// Nil: it keeps that of the start.
	Reload <-chan os.Signal
	Reread Reread
	// Started, if not nil, is called once the listeners are open.
	Started func(Addresses)
}

// Addresses are those that an App listens on.
type Addresses struct {
	Admin     net.Addr
	Listeners []net.Addr // in the order of Config.Listen
}

// Run serves until ctx ends, then drains: first /health says no and weir leaves
// Consul, for proxy.deregistergraceperiod, then the listeners close and what runs may go on
// for proxy.shutdownwait.
func (a *App) Run(ctx context.Context) error {
	a.setRuntime()
	stop, err := startProfile(a.Config.Profile)
	if err != nil {
		return err
	}
	defer func() { a.logFailure("profile", stop()) }()
	adminListener, err := net.Listen("tcp", a.Config.UI.Addr)
	if err != nil {
		return fmt.Errorf("ui.addr: %w", err)
	}
	defer adminListener.Close()
	p, err := a.assemble(adminListener.Addr())
	if err != nil {
		return err
	}
	defer p.close()
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var running sync.WaitGroup
	defer running.Wait()
	defer end() // before running.Wait
	failed := make(chan error, len(p.loops)+1)
	for _, loop := range append(p.loops, func(ctx context.Context) error { return p.admin.Run(ctx, adminListener) }) {
		running.Go(func() {
			if err := loop(life); err != nil && life.Err() == nil {
				failed <- err
			}
		})
	}
	return a.serve(ctx, p, adminListener.Addr(), failed)
}

// serve opens the listeners once there is a table, and closes them when ctx
// ends or a loop has failed.
func (a *App) serve(ctx context.Context, p *parts, admin net.Addr, failed <-chan error) error {
	a.Log.Info("waiting for the first table", "admin", admin.String(), "version", a.Version)
	select {
	case <-p.publisher.Ready():
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
	p.awaitCertificates(ctx, a.Config.Registry.Timeout)
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- p.server.Run(serving, a.started(p, admin)) }()
	leave := p.announce()
	defer leave()
	if done, err := a.obey(ctx, p, served, failed); done {
		return err
	} else if err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	p.draining.Store(true)
	leave()
	c := p.config(a).Proxy
	a.Log.Info("shutting down", "unhealthy for", c.DeregisterGracePeriod, "then draining for at most", c.ShutdownWait)
	timer := time.NewTimer(c.DeregisterGracePeriod)
	defer timer.Stop()
	<-timer.C
	stop()
	return <-served
}

// obey reloads when it is told to, until ctx ends or something fails; done says
// that nothing is served any more.
func (a *App) obey(ctx context.Context, p *parts, served, failed <-chan error) (done bool, err error) {
	for {
		select {
		case err := <-served: // a listener could not be opened
			return true, err
		case err := <-failed:
			return false, err
		case <-ctx.Done():
			return false, nil
		case <-a.Reload:
			a.reload(ctx, p)
		}
	}
}

// config is the one in use; before the listeners are open that of a.
func (p *parts) config(a *App) *config.Config {
	if f := p.fronts.now.Load(); f != nil {
		return f.conf
	}
	return a.Config
}

// started tells where the listeners are.
func (a *App) started(p *parts, admin net.Addr) func([]net.Addr) {
	return func(open []net.Addr) {
		p.first.addrs = open
		p.opened(a.Log, p.first)
		if a.Started != nil {
			a.Started(Addresses{Admin: admin, Listeners: open})
		}
	}
}

// logFailure tells what went wrong at the end.
func (a *App) logFailure(what string, err error) {
	if err != nil {
		a.Log.Error(what, "error", err)
	}
}

// setRuntime applies runtime.gogc, runtime.gomaxprocs and log.level.
func (a *App) setRuntime() {
	if a.Level != nil {
		a.Level.Set(a.Config.Log.Level)
	}
	debug.SetGCPercent(a.Config.Runtime.GOGC)
	if n := a.Config.Runtime.GOMAXPROCS; n > 0 {
		runtime.GOMAXPROCS(n)
	}
}
