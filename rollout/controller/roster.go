package controller

import (
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"syscall"
	"time"

	"weir/store"
)

// A proxy that is not announced any more counts as gone when its machine says
// that nobody listens there, when it did not answer so often, or when nothing was
// heard of it for so long.
const (
	maxSilent = 5
	maxUnseen = 10 * time.Minute
)

// member is a proxy that was announced.
type member struct {
	Proxy
	announced bool
	heard     time.Time // when it was announced, or answered, last
	silent    int       // questions in a row without an answer
}

// roster is the proxies that may be alive: those that are announced, and those
// that still answer although they are not. A proxy that Consul does not hear
// from serves all the same, by what it knew, and a rollout must wait for it. It
// is safe for concurrent use.
type roster struct {
	mu      sync.Mutex
	members map[string]member
	leader  string // name of the proxy that has the lock; empty: nobody is known to
}

// lead follows who has the lock.
func (r *roster) lead(list []store.Entry, err error) {
	if err != nil {
		return // the last one stays
	}
	leader := ""
	for _, e := range list {
		if e.Key == lockKey {
			leader = string(e.Value)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leader = leader
}

// hear follows the announcements.
func (r *roster) hear(list []store.Entry, err error) {
	if err != nil {
		return // the last ones stay
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, m := range r.members {
		if m.announced {
			m.announced, m.heard = false, time.Now()
		}
		r.members[name] = m
	}
	for _, e := range list {
		var p Proxy
		if json.Unmarshal(e.Value, &p) == nil && proxyKey(p.Name) == e.Key { // no weir writes others
			r.members[p.Name] = member{Proxy: p, announced: true, heard: time.Now()}
		}
	}
}

// all lists the proxies, in no order.
func (r *roster) all() (list []Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.members, func(_ string, m member) bool { return !m.announced && time.Since(m.heard) > maxUnseen })
	for _, m := range r.members {
		list = append(list, Peer{Proxy: m.Proxy, Announced: m.announced, Leads: m.Name == r.leader})
	}
	return list
}

// note follows whether a proxy has answered: err says why not.
func (r *roster) note(name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, there := r.members[name]
	if !there {
		return
	}
	if m.silent++; err == nil {
		m.silent, m.heard = 0, time.Now()
	}
	r.members[name] = m
	if !m.announced && (m.silent >= maxSilent || errors.Is(err, syscall.ECONNREFUSED)) {
		delete(r.members, name)
	}
}
