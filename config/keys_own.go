package config

func storeKeys() []Key {
	return []Key{
		{Name: "store.backend", Default: "auto", Kind: Text, Choices: []string{"auto", "consul", "embedded"}, Ours: true,
			Help: "where weights are kept: consul shares them, embedded is a file of this weir, auto is consul if the registry is and embedded if not",
			set:  text(func(c *Config) *string { return &c.Store.Backend })},
		{Name: "store.path", Kind: Text, Ours: true,
			Help: "file of the embedded store; empty is weir-PORT.db, by the port of ui.addr, in $XDG_STATE_HOME/weir, else in $HOME/.local/state/weir, else in the working folder",
			set:  text(func(c *Config) *string { return &c.Store.Path })},
		{Name: "store.consul.prefix", Default: "weir", Kind: Text, Ours: true,
			Help: "prefix of the KV keys of the consul store, at the agent of registry.consul.addr", set: storePrefix},
		{Name: "state.dir", Kind: Text, Ours: true,
			Help: "existing folder for what a start needs while the registry or the store is away: the last table (table.json), the last good rollouts (rollouts.json), weights 0 set in an emergency (emergencies.json), the secret of cohort cookies (cohort-secret), and what the leader judged rollouts by (recordings/, up to 20 files of 8 MiB); empty keeps none",
			set:  text(func(c *Config) *string { return &c.State.Dir })},
	}
}

func adminKeys() []Key {
	return []Key{
		{Name: "ui.addr", Default: "127.0.0.1:9998", Fabio: ":9998", Kind: Text,
			Help: "address of API, pages, health and metrics; beyond loopback it takes no writes unless ui.auth.file says who may do what", set: uiAddr},
		{Name: "ui.access", Default: "rw", Kind: Text, Choices: []string{"rw", "ro"},
			Help: "whether the API may change anything",
			set:  text(func(c *Config) *string { return &c.UI.Access })},
		{Name: "ui.path", Kind: Text,
			Help: "base path of API and pages behind another proxy", set: uiPath},
		{Name: "ui.routingtable.source.linkenabled", Default: "false", Kind: Bool,
			Help: "routes in the pages are links",
			set:  boolean(func(c *Config) *bool { return &c.UI.Links.Enabled })},
		{Name: "ui.routingtable.source.newtab", Default: "true", Kind: Bool,
			Help: "they open in a new tab",
			set:  boolean(func(c *Config) *bool { return &c.UI.Links.NewTab })},
		{Name: "ui.routingtable.source.scheme", Default: "http", Kind: Text, Choices: []string{"http", "https"},
			Help: "their scheme",
			set:  text(func(c *Config) *string { return &c.UI.Links.Scheme })},
		{Name: "ui.routingtable.source.host", Kind: Text,
			Help: "where routes without a host lead; empty: they are no links",
			set:  linkHost},
		{Name: "ui.routingtable.source.port", Kind: Text,
			Help: "their port; empty: that of the scheme",
			set:  checked(func(c *Config) *string { return &c.UI.Links.Port }, portOrNone)},
		{Name: "runtime.gogc", Default: "100", Kind: Int,
			Help: "GOGC in percent; negative switches the collector off",
			set:  integer(func(c *Config) *int { return &c.Runtime.GOGC }, -100_000, 100_000)},
		{Name: "runtime.gomaxprocs", Default: "-1", Kind: Int,
			Help: "GOMAXPROCS; 0 or less is all cores",
			set:  integer(func(c *Config) *int { return &c.Runtime.GOMAXPROCS }, -1<<16, 1<<16)},
		{Name: "profile.mode", Kind: Text,
			Help: "what is profiled from start to end: cpu, mem, mutex, block or trace; empty is nothing",
			set:  checked(func(c *Config) *string { return &c.Profile.Mode }, profileMode)},
		{Name: "profile.path", Default: "/tmp", Kind: Text,
			Help: "folder for the profile, MODE.pprof or trace.out",
			set:  text(func(c *Config) *string { return &c.Profile.Path })},
	}
}
