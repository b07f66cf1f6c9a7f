package config

import "time"

// Registry says where weir learns what runs where.
type Registry struct {
	Backends []string      // "consul", "nomad", "file", "static" or "custom": at least one, each once
	Timeout  time.Duration // how long a start waits for the first answer; 0: for ever
	Retry    time.Duration // between two tries; above 0
	Static   Static
	File     File
	Custom   Custom
	Consul   Consul
	Nomad    NomadServices
}

// Static is a table in the configuration itself.
type Static struct {
	Routes      string // route commands, one a line
	NoRouteHTML string // page when no route is found; empty: none
}

// File is a table in a file.
type File struct {
	Path            string // of the route commands; set when the backend is "file"
	NoRouteHTMLPath string // file of the page when no route is found; empty: none
}

// Consul is an agent and what is read from it.
type Consul struct {
	Addr   string // host:port
	Scheme string // "http" or "https"
	Token  Secret
	// TokenFile holds the token in place of Token and is read again when it
	// changes; empty: none.
	TokenFile string
	Namespace string // of everything that is read and written; empty: that of the agent
	TLS       ConsulTLS

	KVPath          string   // prefix of the KV keys that hold route commands
	NoRouteHTMLPath string   // KV key of the page when no route is found
	TagPrefixes     []string // of tags that are routes, in Nomad too; at least one, none empty
	ServiceStatus   []string // check states that may get traffic; at least one
	ChecksRequired  string   // "one" or "all": checks of an instance that must have such a state

	RequireConsistent bool // ask the leader to confirm; not with AllowStale
	AllowStale        bool // any server may answer

	PollInterval time.Duration // between two reads; 0: blocking queries
	Register     Register
}

// ConsulTLS is used when Consul.Scheme is "https". Each is a path or empty.
type ConsulTLS struct {
	KeyFile            string
	CertFile           string
	CAFile             string
	CAPath             string
	InsecureSkipVerify bool
}

// Register says how weir registers itself in Consul.
type Register struct {
	Enabled            bool
	Addr               string        // host:port of the admin listener as others reach it; empty: as UI.Addr says
	Name               string        // of the service; never empty
	Tags               []string      // of the service
	CheckInterval      time.Duration // of the check of /health; above 0
	CheckTimeout       time.Duration // above 0
	CheckTLSSkipVerify bool
}

// Custom is a table as JSON at a URL. Its parts are those of the URL.
type Custom struct {
	Scheme      string // "http" or "https"
	Host        string // with or without a port; set when "custom" is a backend
	Path        string
	QueryParams Secret // without the question mark

	PollInterval       time.Duration // above 0
	Timeout            time.Duration // of a read; above 0
	CheckTLSSkipVerify bool          // the certificate is not checked
	NoRouteHTML        string        // page when no route is found; empty: none
}

// NomadServices is what is read of Nomad's own services. The agent is that of
// Config.Nomad.
type NomadServices struct {
	Namespace string // "*": all; never empty
}
