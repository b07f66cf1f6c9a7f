package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
)

// errNotServing says that there is nothing that could be changed.
var errNotServing = errors.New("the server does not run")

// step is what Apply does for one listener.
type step struct {
	door   *door    // an open one, or one that is made for the listener
	socket socket   // opened for it; nil where the door's own stays
	how    *engines // for the connections from now on
}

// Apply makes the listeners those given, and returns their addresses in the same
// order. A listener that is open at the same Addr stays open: connections that it
// accepts from now on are served as the new value says, those that it has go on
// as before. What is not given any more is closed, and its connections drain for
// at most its DrainTime, which Apply does not wait for.
//
// When a listener cannot be opened nothing changes, and the error names all such.
// ctx bounds the look-up of host names in addresses. Apply fails before Run has
// opened the first listeners, and when Run ends.
func (s *Server) Apply(ctx context.Context, listeners []Listener) ([]net.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poller == nil {
		return nil, errNotServing
	}
	steps, err := s.plan(ctx, slices.Clone(listeners))
	if err != nil {
		for _, st := range steps {
			if st.socket != nil {
				st.socket.close()
			}
		}
		return nil, err
	}
	return s.commit(steps), nil
}

// plan prepares all that can fail. The steps are to be undone when it does.
func (s *Server) plan(ctx context.Context, listeners []Listener) (steps []step, err error) {
	open := s.match(listeners)
	for i := range listeners {
		st, serr := s.prepare(ctx, &listeners[i], open[i])
		if serr != nil {
			err = errors.Join(err, fmt.Errorf("listener %s (%s): %w", listeners[i].Addr, listeners[i].Proto, serr))
			continue
		}
		steps = append(steps, st)
	}
	return steps, err
}

// match finds the open door of each listener: at its Addr, and where several
// have the same ("127.0.0.1:0") best with its protocol. Nil: there is none.
func (s *Server) match(listeners []Listener) []*door {
	found := make([]*door, len(listeners))
	for _, same := range []func(was, l *Listener) bool{
		func(was, l *Listener) bool { return was.Addr == l.Addr && was.Proto == l.Proto },
		func(was, l *Listener) bool { return was.Addr == l.Addr },
	} {
		for i := range listeners {
			for _, d := range s.doors {
				if found[i] == nil && same(d.how.Load().conf, &listeners[i]) && !slices.Contains(found, d) {
					found[i] = d
				}
			}
		}
	}
	return found
}

// prepare makes ready what a listener needs: a socket, or the one of the open
// door in another form where the new protocol takes connections in another way.
func (s *Server) prepare(ctx context.Context, conf *Listener, d *door) (st step, err error) {
	if err := checkProto(conf.Proto); err != nil {
		return step{}, err
	}
	if d == nil {
		if st.socket, err = listen(ctx, conf); err != nil {
			return step{}, err
		}
		d = &door{addr: st.socket.Addr(), group: newGroup()}
	} else if st.socket, err = d.socket.convert(conf); err != nil {
		return step{}, err
	}
	st.door, st.how = d, s.engines(conf, d.addr, s.poller)
	return st, nil
}

// commit does what was planned, and closes the doors that no step is for.
func (s *Server) commit(steps []step) []net.Addr {
	var doors []*door
	addrs := make([]net.Addr, len(steps))
	for i, st := range steps {
		d := st.door
		d.how.Store(st.how)
		s.stand(d, st.socket)
		if ports, ok := d.socket.(*portsSocket); ok {
			ports.look()
		}
		doors, addrs[i] = append(doors, d), d.addr
	}
	for _, d := range s.doors {
		if !slices.Contains(doors, d) {
			s.shut(d)
		}
	}
	s.doors = doors
	return addrs
}

// stand has a door take connections from another socket; nil leaves it the one it
// has.
func (s *Server) stand(d *door, from socket) {
	if from == nil {
		return
	}
	if d.socket != nil {
		d.socket.close()
	}
	d.socket = from
	s.running.Go(func() { s.serve(d, from) })
}

// shut closes a door and lets its connections drain.
func (s *Server) shut(d *door) {
	d.socket.close()
	wait := d.how.Load().conf.DrainTime
	s.running.Go(func() { s.conns.drain(d.group, wait) })
}
