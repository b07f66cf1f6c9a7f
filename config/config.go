// Package config turns flags, environment variables and a file into one plain
// Config, or into the list of everything that is wrong with them. fabio's
// command lines and property files load unchanged.
//
// A Config is a value: it is read once at start, nothing in it changes
// afterwards, and two of them live side by side in one process.
// encoding/json prints it with the Go field names and without secrets.
package config

import (
	"time"
)

// Config is the whole configuration of one weir.
type Config struct {
	Listen      []Listener // proxy.addr: at least one
	CertSources []CertSource
	Auth        []AuthScheme
	Proxy       Proxy
	Registry    Registry
	Glob        Glob
	Store       Store
	State       State
	Rollout     Rollout
	Nomad       Nomad
	Notify      Notify
	Tracing     Tracing
	Metrics     Metrics
	UI          UI
	Log         Log
	Runtime     Runtime
	Profile     Profile

	Settings []Setting `json:"-"` // what all this was read from

	raw func(key string) setting // as it was read, for Reload; a func does not print secrets
}

// Glob says how host patterns in routes are read.
type Glob struct {
	Disabled bool // hosts are compared as plain text, * and ? mean themselves
}

// Store says where weights and other intents are kept.
type Store struct {
	Backend string // "consul" or "embedded": "auto" is resolved by Load
	Path    string // file of the embedded store; never empty after Load
	Consul  StoreConsul
}

// StoreConsul is used when Store.Backend is "consul". The agent and the token
// are those of Registry.Consul.
type StoreConsul struct {
	Prefix string // of all keys, without slashes at either end
}

// State says where a snapshot of the last table is kept for the next start.
type State struct {
	Dir string // empty: no snapshot
}

// UI is the admin listener: API, pages, health and metrics.
type UI struct {
	Addr string // host:port
	// Listener is what ui.addr says of TLS: CertSource, StrictMatch, TLSMin,
	// TLSMax and TLSCiphers. Nothing else in it has an effect.
	Listener Listener
	Access   string   // "rw" or "ro"
	Path     string   // base path: empty, or with a leading and no trailing slash
	Hosts    []string // names of the listener, besides addresses and localhost
	TLS      UITLS
	Auth     UIAuth
	Links    UILinks
}

// UITLS are the files for TLS on the admin listener.
type UITLS struct {
	CertFile string // empty: no TLS
	KeyFile  string
	CAFile   string // authorities of client certificates; empty: none are asked for
}

// UILinks says where routes in the pages lead.
type UILinks struct {
	Enabled, NewTab bool
	Scheme          string // "http" or "https"
	Host            string // of routes without one
	Port            string // empty: that of the scheme
}

// UIAuth says how people and programs are known.
type UIAuth struct {
	File     string // of tokens and roles; empty: no login
	Htpasswd string
	Session  time.Duration // of a login: 1m to 720h
	Secret   Secret        // signs sessions; empty: each start makes one
	OIDC     OIDC
}

// OIDC is a provider of logins.
type OIDC struct {
	Issuer       string // URL; empty: none
	ClientID     string
	ClientSecret Secret
	Redirect     string // URL of the callback
	Scopes       []string
	Claim        string // with the name
	Groups       string // claim with the groups
}

// Runtime sets the Go runtime.
type Runtime struct {
	GOGC       int // percent; negative: the collector is off
	GOMAXPROCS int // 0 or less: all cores
}

// Profile says what the process writes about itself.
type Profile struct {
	Mode string // "cpu", "mem", "mutex", "block" or "trace"; empty: nothing
	Path string // folder
}
