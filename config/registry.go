package config

import "time"

// Registry says where weir learns what runs where.
type Registry struct {
	Backend string        // "consul", "file" or "static"
	Timeout time.Duration // how long a start waits for the first answer; 0: for ever
	Retry   time.Duration // between two tries; above 0
	Static  Static
	File    File
	Consul  Consul
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
	TLS    ConsulTLS

	KVPath          string   // prefix of the KV keys that hold route commands
	NoRouteHTMLPath string   // KV key of the page when no route is found
	TagPrefix       string   // of tags that are routes; never empty
	ServiceStatus   []string // check states that may get traffic; at least one
	ChecksRequired  string   // "one" or "all": checks of an instance that must have such a state

	RequireConsistent bool // ask the leader to confirm; not with AllowStale
	AllowStale        bool // any server may answer
}

// ConsulTLS is used when Consul.Scheme is "https". Each is a path or empty.
type ConsulTLS struct {
	KeyFile            string
	CertFile           string
	CAFile             string
	CAPath             string
	InsecureSkipVerify bool
}
