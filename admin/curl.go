package admin

import (
	"net"
	"slices"
	"strings"

	"weir/route"
)

// Entrance is a listener of this weir.
type Entrance struct {
	Addr  string // where people reach it, host:port
	Proto string // as in the configuration: http, https, tcp, tcp+sni or https+tcp+sni
}

// curl is a command that asks for a route; empty when there is no listener for it,
// or it is one of a port, or its host is a pattern.
func (a *Admin) curl(r *route.Route) string {
	if a.Entrances == nil || r.Path() == "" || r.Conditions() != "" || strings.ContainsAny(r.Key(), `*?[]{}\`) {
		return ""
	}
	passes := slices.ContainsFunc(r.Variants()[0].Targets, (*route.Target).Passthrough)
	wanted := []string{"http", "https", "https+tcp+sni"}
	if passes {
		wanted = []string{"tcp+sni", "https+tcp+sni"}
	}
	all := a.Entrances()
	for _, proto := range wanted {
		if i := slices.IndexFunc(all, func(e Entrance) bool { return e.Proto == proto }); i >= 0 {
			return curl(r, all[i])
		}
	}
	return ""
}

func curl(r *route.Route, at Entrance) string {
	host, port, err := net.SplitHostPort(at.Addr)
	name, _ := route.Tag{Source: r.Key()}.Host()
	switch {
	case err != nil:
		return ""
	case at.Proto == "http" && name == "":
		return "curl " + quoted("http://"+at.Addr+r.Path())
	case at.Proto == "http":
		return "curl -H " + quoted("Host: "+r.Host()) + " " + quoted("http://"+at.Addr+r.Path())
	case name == "":
		return "curl " + quoted("https://"+at.Addr+r.Path())
	}
	return "curl --connect-to " + quoted(name+":"+port+":"+host+":"+port) + " " + quoted("https://"+name+":"+port+r.Path())
}

// quoted is a word of a shell command. Hosts and paths come from tags, which are
// not to run anything when somebody pastes the command.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
