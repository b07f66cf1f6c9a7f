package app

import (
	"net"
	"os"
	"path/filepath"
	"strconv"

	"weir/rollout/controller"
)

// addRollouts makes the controller of rollouts, which does nothing as long as
// there is no policy.
func (a *App) addRollouts(p *parts) error {
	at := p.adminAddr.(*net.TCPAddr)
	p.rollouts = controller.New(controller.Config{
		Store: p.store, Name: proxyName(at.Port), TagPrefix: a.Config.Registry.Consul.TagPrefix, Log: a.Log,
		File: a.stateFile("rollouts.json"), Timeout: a.Config.Registry.Timeout,
	})
	p.rollouts.Admin = reachable(at, localIP(a.Config.Proxy))
	return nil
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
