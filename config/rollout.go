package config

// Rollout says by what rollouts go besides the store.
type Rollout struct {
	Policies []string // files with policies, and folders of such files
}

// Nomad says which Nomad is asked about allocations and deployments, and about
// services if "nomad" is a backend of the registry.
type Nomad struct {
	Addr   string // http://host:port or https://host:port; empty: none is asked
	Token  Secret
	Region string // empty: that of the agent
	TLS    NomadTLS
}

// NomadTLS is used when Nomad.Addr is https. Each is a path or empty, but for
// the name.
type NomadTLS struct {
	CAFile             string
	CertFile           string
	KeyFile            string
	ServerName         string // that Nomad's certificate must have; empty: that of the address
	InsecureSkipVerify bool
}

// Notify says who is told of rollouts.
type Notify struct {
	Webhooks []Secret // URLs
	Slack    []Secret // URLs of incoming webhooks
	Events   []string // at least one
	Secret   Secret   // signs webhooks and gates; empty: they are not signed
}
