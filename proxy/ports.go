package proxy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/route"
)

// ports are the problems of all tcp-dynamic listeners of a server.
type ports struct {
	mu       sync.Mutex
	problems map[*portsSocket][]route.Problem
}

// Problems lists the ports that routes ask tcp-dynamic listeners for and that
// cannot be opened.
func (s *Server) Problems() (list []route.Problem) {
	s.ports.mu.Lock()
	defer s.ports.mu.Unlock()
	for _, problems := range s.ports.problems {
		list = append(list, problems...)
	}
	slices.SortFunc(list, func(a, b route.Problem) int { return strings.Compare(a.Text, b.Text) })
	return list
}

// tell replaces the problems of a listener, and logs those that are new.
func (s *Server) tell(from *portsSocket, problems []route.Problem) {
	s.ports.mu.Lock()
	defer s.ports.mu.Unlock()
	for _, p := range problems {
		if !slices.Contains(s.ports.problems[from], p) {
			s.Log.Warn("a port cannot be opened, trying on", "listener", p.Text, "error", p.Reason)
		}
	}
	if s.ports.problems == nil {
		s.ports.problems = map[*portsSocket][]route.Problem{}
	}
	s.ports.problems[from] = problems
	if len(problems) == 0 {
		delete(s.ports.problems, from)
	}
}

// portsSocket is the socket of a tcp-dynamic listener: it opens the ports that the
// table has routes for, and closes those that it has none for any more.
type portsSocket struct {
	addr  *net.TCPAddr
	doors map[string]*door // by what the table calls them; of the goroutine that calls next
	news  chan struct{}    // has one when the listener was changed
	ended chan struct{}
	once  sync.Once
}

func newPortsSocket(conf *Listener) (*portsSocket, error) {
	addr, err := net.ResolveTCPAddr("tcp", conf.Addr)
	if err != nil {
		return nil, err
	}
	return &portsSocket{addr: addr, doors: map[string]*door{}, news: make(chan struct{}, 1), ended: make(chan struct{})}, nil
}

// Addr is what was configured: its host is for routes that name only a port.
func (p *portsSocket) Addr() net.Addr { return p.addr }

func (p *portsSocket) close() error {
	p.once.Do(func() { close(p.ended) })
	return nil
}

// look has the table looked at now.
func (p *portsSocket) look() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

func (p *portsSocket) convert(conf *Listener) (socket, error) {
	if conf.Proto == "tcp-dynamic" {
		return nil, nil
	}
	return listen(context.Background(), conf)
}

// next looks at the table once, and waits for the next time.
func (p *portsSocket) next(server *Server, d *door) error {
	e := d.how.Load()
	wait := time.NewTimer(cmp.Or(e.conf.Refresh, 5*time.Second))
	defer wait.Stop()
	p.follow(server, e)
	select {
	case <-wait.C:
	case <-p.news:
	case <-p.ended:
		for _, d := range p.doors {
			server.shut(d)
		}
		server.tell(p, nil)
		return net.ErrClosed
	}
	return nil
}

// follow opens and closes ports as the table wants them.
func (p *portsSocket) follow(server *Server, e *engines) {
	var problems []route.Problem
	wanted := map[string]bool{}
	for _, name := range e.conf.HTTP.Chooser.Live.Load().Ports() {
		if strings.HasPrefix(name, ":") && server.has(name) {
			continue // another listener serves that
		}
		wanted[name] = true
		if err := p.open(server, e, name); err != nil {
			problems = append(problems, route.Problem{Source: "listener " + e.conf.Addr, Text: name, Reason: err.Error()})
		}
	}
	for name, d := range maps.Clone(p.doors) {
		if !wanted[name] {
			delete(p.doors, name)
			server.shut(d)
		}
	}
	server.tell(p, problems)
}

// open opens one port, if it is not, and has it serve as the listener says now.
func (p *portsSocket) open(server *Server, e *engines, name string) error {
	d := p.doors[name]
	if d != nil && d.how.Load().of == e {
		return nil
	}
	conf := *e.conf
	conf.Proto = "tcp"
	opened, err := socket(nil), error(nil)
	if d == nil {
		if opened, err = listenAt(context.Background(), &conf, p.at(name)); err != nil {
			return err
		}
		d = &door{addr: opened.Addr(), group: newGroup()}
	} else if opened, err = d.socket.convert(&conf); err != nil {
		return err
	}
	how := server.engines(&conf, d.addr, e.poller)
	how.of, how.relay.Port = e, name
	d.how.Store(how)
	server.stand(d, opened)
	p.doors[name] = d
	return nil
}

// at is the address to open for a name in the table.
func (p *portsSocket) at(name string) string {
	if !strings.HasPrefix(name, ":") {
		return name
	}
	host := ""
	if !p.addr.IP.IsUnspecified() && len(p.addr.IP) > 0 {
		host = p.addr.IP.String()
	}
	return net.JoinHostPort(host, name[1:])
}

// has reports whether a listener of its own is open at a port, ":9000".
func (s *Server) has(port string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.doors, func(d *door) bool {
		_, dynamic := d.socket.(*portsSocket)
		return !dynamic && fmt.Sprintf(":%d", addrPort(d.addr).Port()) == port
	})
}
