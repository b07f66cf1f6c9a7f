// Package certs gets the certificates that listeners serve, and the authorities
// that vouch for clients, from files, HTTP servers, Consul and Vault, and follows
// them while they change. What cannot be read or used is a problem, and what was
// good before goes on being served.
package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"weir/tlssni"
)

// Config describes a source, as an entry of proxy.cs does.
type Config struct {
	Name string
	Type string // file, path, http, consul, vault or vault-pki
	Cert string // where the certificates lie: a path or a URL, by type
	Key  string // of type file: path of the key; empty: it is in Cert too

	ClientCA  string // where the authorities of clients lie; empty: clients need no certificate
	UpgradeCN string // see upgrade

	// Refresh is how often is looked for changes, 0: once; of type vault-pki how
	// long before its end a certificate is issued again.
	Refresh time.Duration

	HeaderName, HeaderValue string // of type http: sent with each request; empty: none
	VaultToken              string // of the types vault: file:PATH or env:NAME; empty: VAULT_TOKEN
}

// Around is what the sources of a process have in common.
type Around struct {
	// Wanted reports, for type vault-pki, the name that a certificate for a
	// server name is to be issued for. False: it gets none.
	Wanted func(server string) (name string, ok bool)
	Getenv func(string) string
	Log    *slog.Logger
}

// place is where texts lie. Watch calls each with all texts, at once and when
// they may be others, and with each failure to read them. It returns when ctx
// ends.
type place interface {
	watch(ctx context.Context, each func([]text, error))
}

// runner is what a place has to do besides.
type runner interface{ run(ctx context.Context) }

// Source is one source of certificates. Use New.
type Source struct {
	conf    Config
	around  Around
	certs   half          // of the certificates
	clients *half         // of the authorities; nil: clients need no certificate
	issuer  *issuer       // nil: the source issues none
	beside  []runner      // what runs besides the watches
	ready   chan struct{} // closed when every half has been read, or could not be

	served      tlssni.Certificates
	authorities *tlssni.Authorities // nil as clients is
}

// New makes a source that has read nothing yet. An error names the option that
// is wrong.
func New(c Config, around Around) (*Source, error) {
	s := &Source{conf: c, around: around, ready: make(chan struct{})}
	s.certs.heard = make(chan struct{})
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("proxy.cs %s: %w", c.Name, err)
	}
	pairs := &keeper{pair: byName}
	if c.Type == "file" {
		pairs.pair = byFile
	}
	s.certs.use = func(texts []text) (bool, []Problem) {
		all, problems := pairs.take(texts)
		changed := len(all) > 0 && !slices.Equal(all, s.served.Load().All())
		if changed {
			s.served.Store(tlssni.NewSet(all))
		}
		return changed, problems
	}
	if s.clients != nil {
		s.clients.heard = make(chan struct{})
		s.authorities = tlssni.NewAuthorities()
		pool := &pool{upgradeCN: c.UpgradeCN, store: s.authorities.Store}
		s.clients.use = pool.take
	}
	return s, nil
}

// Name is that of the configuration.
func (s *Source) Name() string { return s.conf.Name }

// TLS is how a listener ends TLS with the source, by o, whose authorities and
// issuer are the source's.
func (s *Source) TLS(o tlssni.Options) *tls.Config {
	o.Authorities = s.authorities
	if s.issuer != nil {
		o.Issue = s.issuer.get
	}
	return tlssni.Config(&s.served, o)
}

// Ready is closed when everything was read, or could not be, once.
func (s *Source) Ready() <-chan struct{} { return s.ready }

// Load reads what lies in files, so that a listener has it from its first
// connection on. The error is for a source of type file alone, which is nothing
// without its file, and names each file that cannot be used. Nothing may run yet.
func (s *Source) Load() error {
	for _, h := range s.halves() {
		if f, ok := h.from.(*files); ok {
			before, now, changed := h.hear(f.read())
			if s.conf.Type != "file" || now.problems == nil { // what is an error needs no log
				s.tell(before, now, changed)
			}
		}
	}
	if s.conf.Type != "file" {
		return nil
	}
	var failed error
	for _, p := range s.unusable() {
		failed = errors.Join(failed, fmt.Errorf("proxy.cs %s: %s: %s", s.conf.Name, p.Place, p.Reason))
	}
	return failed
}

// after makes the source begin with what old serves, if it reads from the same
// place by other options.
func (s *Source) after(old *Source) {
	same := old.conf.Name == s.conf.Name && old.conf.Type == s.conf.Type && old.conf.Cert == s.conf.Cert
	if same && len(s.served.Load().All()) == 0 {
		s.served.Store(old.served.Load())
	}
}

// halves are those that read a place.
func (s *Source) halves() (list []*half) {
	if s.certs.from != nil {
		list = append(list, &s.certs)
	}
	if s.clients != nil {
		list = append(list, s.clients)
	}
	return list
}

// Run follows the source until ctx ends.
func (s *Source) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	for _, h := range s.halves() {
		running.Go(func() { h.from.watch(ctx, func(texts []text, err error) { s.tell(h.hear(texts, err)) }) })
	}
	for _, r := range s.beside {
		running.Go(func() { r.run(ctx) })
	}
	running.Go(func() { s.warn(ctx) })
	for _, h := range s.halves() {
		select {
		case <-ctx.Done():
			return nil
		case <-h.heard:
		}
	}
	close(s.ready)
	<-ctx.Done()
	return nil
}
