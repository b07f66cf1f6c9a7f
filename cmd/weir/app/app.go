// Package app puts one weir together from a configuration, and runs it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
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
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- p.server.Run(serving, a.started(p, admin)) }()
	leave := p.announce()
	defer leave()
	select {
	case err := <-served: // a listener could not be opened
		return err
	case err := <-failed:
		stop()
		return errors.Join(err, <-served)
	case <-ctx.Done():
	}
	p.draining.Store(true)
	leave()
	wait := a.Config.Proxy.DeregisterGracePeriod
	a.Log.Info("shutting down", "unhealthy for", wait, "then draining for at most", a.Config.Proxy.ShutdownWait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	<-timer.C
	stop()
	return <-served
}

// started tells where the listeners are.
func (a *App) started(p *parts, admin net.Addr) func([]net.Addr) {
	return func(open []net.Addr) {
		p.open.Store(&open)
		for i, addr := range open {
			a.Log.Info("listening", "listener", addr.String(), "proto", a.Config.Listen[i].Proto)
		}
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

// setRuntime applies runtime.gogc and runtime.gomaxprocs.
func (a *App) setRuntime() {
	debug.SetGCPercent(a.Config.Runtime.GOGC)
	if n := a.Config.Runtime.GOMAXPROCS; n > 0 {
		runtime.GOMAXPROCS(n)
	}
}
