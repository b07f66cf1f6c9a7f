package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/tlssni"
)

// How certificates are issued.
const (
	workers   = 4               // requests to Vault at a time
	patience  = 4 * time.Second // how long a handshake waits
	leastLeft = time.Hour       // before the end of a certificate it is issued again, at the latest
)

// issuer gets a certificate from Vault's PKI engine when the first client asks
// for a name, and again before it ends. Only names that are wanted get one, so
// there are as many as there are routes, whatever clients ask for.
type issuer struct {
	vault  *vault
	path   string
	before time.Duration // before the end of a certificate it is issued again
	wanted func(server string) (name string, ok bool)
	store  func(*tlssni.Set)

	work chan string // names
	mu   sync.Mutex
	all  map[string]*issued
}

// issued is what is known of a name.
type issued struct {
	cert  *tls.Certificate // the last good one; nil: none yet
	err   error            // of the last try
	fails int              // in a row
	next  time.Time        // when it is tried again, or issued again
	busy  chan struct{}    // closed when the try under way ends; nil: none is
}

func newIssuer(v *vault, c Config, wanted func(string) (string, bool), store func(*tlssni.Set)) *issuer {
	return &issuer{
		vault: v, path: c.Cert, before: max(c.Refresh, leastLeft), wanted: wanted, store: store,
		work: make(chan string, 256), all: map[string]*issued{},
	}
}

// get returns the certificate for the name that a client asked for, or nil where
// it is to get none. Clients that ask for the same name at once wait for one
// request.
func (i *issuer) get(client *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name, ok := i.wanted(strings.ToLower(client.ServerName))
	if !ok {
		return nil, nil
	}
	i.mu.Lock()
	e := i.all[name]
	if e == nil {
		e = &issued{}
		i.all[name] = e
	}
	if e.cert == nil && e.busy == nil && !time.Now().Before(e.next) {
		i.begin(name, e)
	}
	cert, err, busy := e.cert, e.err, e.busy
	i.mu.Unlock()
	if cert != nil || busy == nil {
		return cert, err
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-busy:
	case <-client.Context().Done():
	case <-limit.C:
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if e.cert == nil && e.err == nil {
		return nil, errors.New("no certificate was issued in time")
	}
	return e.cert, e.err
}

// begin hands a name to the workers; the lock is held. Where they have too much
// to do it is left to another time.
func (i *issuer) begin(name string, e *issued) {
	select {
	case i.work <- name:
		e.busy = make(chan struct{})
	default:
		e.err = errors.New("too many certificates are asked for at once")
	}
}

// run issues certificates until ctx ends.
func (i *issuer) run(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	for range workers {
		working.Go(func() { i.issueAll(ctx) })
	}
	for ctx.Err() == nil {
		sleep(ctx, min(max(time.Until(i.again(time.Now())), minPause), maxPause))
	}
}

// again begins what is due at now, forgets what is no longer wanted once it has
// ended, and says when there is something to do again.
func (i *issuer) again(now time.Time) (next time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	next = now.Add(maxPause)
	for name, e := range i.all {
		asked, ok := i.wanted(name)
		wanted := ok && asked == name
		switch {
		case e.busy != nil:
		case !wanted && (e.cert == nil || now.After(e.cert.Leaf.NotAfter)):
			delete(i.all, name)
			i.serve()
		case wanted && e.cert != nil && !now.Before(e.next):
			i.begin(name, e)
		case wanted && e.cert != nil && e.next.Before(next):
			next = e.next
		}
	}
	return next
}

func (i *issuer) issueAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case name := <-i.work:
			limited, cancel := context.WithTimeout(ctx, roundTrip)
			cert, err := i.issue(limited, name)
			cancel()
			i.end(name, cert, err)
		}
	}
}

// end notes what came of a try.
func (i *issuer) end(name string, cert *tls.Certificate, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.all[name]
	close(e.busy)
	e.busy, e.err = nil, err
	if err != nil {
		e.next = time.Now().Add(backoff(e.fails))
		e.fails++
		return
	}
	// A certificate that lives shorter than refresh would be issued on and on.
	life := cert.Leaf.NotAfter.Sub(cert.Leaf.NotBefore)
	e.cert, e.fails, e.next = cert, 0, cert.Leaf.NotAfter.Add(-min(i.before, life/3))
	i.serve()
}

// serve makes the certificates that there are the current set; the lock is held.
func (i *issuer) serve() {
	var certs []*tls.Certificate
	for _, name := range i.names() {
		if e := i.all[name]; e.cert != nil {
			certs = append(certs, e.cert)
		}
	}
	i.store(tlssni.NewSet(certs))
}

// names are those asked for, sorted; the lock is held.
func (i *issuer) names() []string {
	names := make([]string, 0, len(i.all))
	for name := range i.all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// problems are the names whose last try failed.
func (i *issuer) problems() (list []Problem) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, name := range i.names() {
		if err := i.all[name].err; err != nil {
			list = append(list, Problem{name, err.Error()})
		}
	}
	return list
}
