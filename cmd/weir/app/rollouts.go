package app

import (
	"net"
	"os"
	"path/filepath"
	"strconv"

	"weir/metrics/arms"
	"weir/rollout/controller"
	"weir/rollout/nomad"
	"weir/rollout/notify"
	"weir/rollout/peers"
	"weir/rollout/secret"
)

// addRollouts makes the controller of rollouts, which does nothing as long as
// there is no policy.
func (a *App) addRollouts(p *parts) error {
	at := p.adminAddr.(*net.TCPAddr)
	notifier, gates := a.notifier(), notify.NewGates(string(a.Config.Notify.Secret))
	p.loops, p.closers = append(p.loops, notifier.Run), append(p.closers, gates.Close)
	p.secret = (&secret.Shared{Store: p.store, File: a.stateFile("cohort-secret")}).Get
	ask := peers.New(a.Config.UI.Path, p.secret)
	p.closers = append(p.closers, ask.Close)
	p.arms = arms.New(arms.Config{Proxy: proxyName(at.Port), Secret: p.secret, Log: a.Log})
	conf := controller.Config{
		Store: p.store, Name: proxyName(at.Port), TagPrefix: a.Config.Registry.Consul.TagPrefixes[0], Log: a.Log,
		PolicyFiles: a.Config.Rollout.Policies,
		File:        a.stateFile("rollouts.json"), Emergencies: a.stateFile("emergencies.json"), Recordings: a.stateFile("recordings"), Timeout: a.Config.Registry.Timeout,
		Gates: gates, Listener: notifier, Peers: ask, Counters: p.arms,
	}
	client, err := a.nomad()
	if err != nil {
		return err
	}
	if p.nomad = client; client != nil {
		conf.Nomad = client
		p.loops = append(p.loops, client.Run)
	}
	p.rollouts = controller.New(conf)
	p.arms.Rollouts = p.rollouts
	p.rollouts.Admin = reachable(at, localIP(a.Config.Proxy))
	if a.Config.UI.TLS.CertFile != "" || a.Config.UI.Listener.TLS() {
		p.rollouts.Admin = "https://" + p.rollouts.Admin
	}
	return nil
}

// nomad is the client of nomad.addr; nil without one.
func (a *App) nomad() (*nomad.Client, error) {
	c := a.Config.Nomad
	if c.Addr == "" {
		return nil, nil
	}
	return nomad.New(nomad.Config{Addr: c.Addr, Token: string(c.Token), Region: c.Region, TLS: nomad.TLS(c.TLS), Log: a.Log})
}

// notifier tells those of notify.webhooks and notify.slack.
func (a *App) notifier() *notify.Notifier {
	c := notify.Config{Secret: string(a.Config.Notify.Secret), Log: a.Log}
	for _, to := range a.Config.Notify.Webhooks {
		c.Webhooks = append(c.Webhooks, string(to))
	}
	for _, to := range a.Config.Notify.Slack {
		c.Slack = append(c.Slack, string(to))
	}
	for _, e := range a.Config.Notify.Events {
		c.Events = append(c.Events, notify.Event(e))
	}
	return notify.New(c)
}

// proxyName is what the fleet calls this weir: the machine, and the port of the
// admin listener, which tells apart several on one machine.
func proxyName(port int) string {
	host, err := os.Hostname()
	if err != nil {
		host = "weir"
	}
	return host + ":" + strconv.Itoa(port)
}

// reachable is where other machines reach a listener: where it listens on all
// addresses, at this machine's.
func reachable(at *net.TCPAddr, local string) string {
	host := at.IP.String()
	if at.IP.IsUnspecified() && local != "" {
		host = local
	}
	return net.JoinHostPort(host, strconv.Itoa(at.Port))
}

// stateFile is a file of state.dir; empty when that is not set.
func (a *App) stateFile(name string) string {
	if a.Config.State.Dir == "" {
		return ""
	}
	return filepath.Join(a.Config.State.Dir, name)
}
