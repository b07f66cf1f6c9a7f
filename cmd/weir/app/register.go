package app

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strconv"
	"sync"

	"weir/registry/consul"
)

// registrar keeps weir registered in Consul; nil where that is not wanted.
func (a *App) registrar(p *parts) (*consul.Registrar, error) {
	c := a.Config.Registry.Consul.Register
	if !c.Enabled || a.Source != nil || !slices.Contains(a.Config.Registry.Backends, "consul") {
		return nil, nil
	}
	at := place(c.Addr, p.adminAddr.(*net.TCPAddr), localIP(a.Config.Proxy))
	scheme := "http"
	if a.Config.UI.TLS.CertFile != "" {
		scheme = "https"
	}
	return consul.NewRegistrar(consul.Registration{
		Agent: agent(a.Config.Registry), Name: c.Name, Address: at.address, Port: at.port, Tags: c.Tags,
		Health: scheme + "://" + at.check + "/health", Interval: c.CheckInterval, Timeout: c.CheckTimeout, InsecureSkipVerify: c.CheckTLSSkipVerify,
		Aliases: func() ([]string, <-chan struct{}) {
			changed := p.publisher.Changed()
			return p.live.Load().Registrations(), changed
		},
		Log: a.Log,
	})
}

// registered says where the admin listener is for others, and for the agent.
type registered struct {
	address string
	port    int
	check   string // host:port
}

// place reads host:port or :port, or nothing. Where that names no host the agent
// asks the listener itself: it is on this machine, and by default the listener
// is on loopback.
func place(addr string, admin *net.TCPAddr, local string) registered {
	host, port, _ := net.SplitHostPort(addr)
	number, _ := strconv.Atoi(port)
	r := registered{address: cmp.Or(host, local), port: cmp.Or(number, admin.Port)}
	if host == "" && !admin.IP.IsUnspecified() {
		r.check = admin.String()
	} else {
		r.check = net.JoinHostPort(cmp.Or(r.address, "127.0.0.1"), strconv.Itoa(r.port))
	}
	return r
}

// announce registers weir in Consul until leave is called, which returns when it
// is deregistered.
func (p *parts) announce() (leave func()) {
	if p.registrar == nil {
		return func() {}
	}
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.registrar.Run(ctx)
	}()
	return sync.OnceFunc(func() {
		end()
		<-done
	})
}
