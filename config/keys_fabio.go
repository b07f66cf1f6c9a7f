package config

// acceptedKeys are keys of fabio whose purpose weir serves without them.
func acceptedKeys() []Key {
	return []Key{
		{Name: "insecure", Default: "false", Kind: Bool,
			Help: "run as root without a warning", Hint: "has no effect: weir does not mind who runs it"},
		{Name: "proxy.flushinterval", Default: "1s", Kind: Duration,
			Help: "flush event streams this often", Hint: "has no effect: weir sends at once what it gets"},
		{Name: "proxy.globalflushinterval", Default: "0s", Kind: Duration,
			Help: "flush other responses this often", Hint: "has no effect: weir sends at once what it gets"},
		{Name: "proxy.grpcmaxrxmsgsize", Default: "4194304", Kind: Int,
			Help: "largest gRPC message from a target", Hint: "has no effect: weir passes messages on as they come and holds none as a whole"},
		{Name: "proxy.grpcmaxtxmsgsize", Default: "4194304", Kind: Int,
			Help: "largest gRPC message to a target", Hint: "has no effect: weir passes messages on as they come and holds none as a whole"},
		{Name: "proxy.grpcshutdowntimeout", Default: "2s", Kind: Duration,
			Help: "for how long a target that left the table keeps its gRPC connections", Hint: "has no effect: what runs on a connection ends by itself, the connection is closed when it is idle"},
		{Name: "registry.consul.serviceMonitors", Default: "1", Kind: Int,
			Help: "concurrent queries to Consul", Hint: "has no effect: weir asks only for services that changed"},
		{Name: "glob.cache.size", Default: "1000", Kind: Int,
			Help: "compiled host patterns", Hint: "has no effect: weir keeps each pattern compiled with its table"},
		{Name: "metrics.retry", Default: "500ms", Kind: Duration,
			Help: "between two tries to reach a receiver of metrics", Hint: "has no effect: weir tries again at the next metrics.interval"},
		{Name: "ui.color", Default: "light-green", Kind: Text,
			Help: "colour of the admin pages", Hint: "has no effect"},
		{Name: "ui.title", Kind: Text,
			Help: "title of the admin pages", Hint: "has no effect"},
	}
}

// deadKeys are keys that fabio documents, and perhaps reads, and never used.
func deadKeys() []Key {
	const tracing = "fabio does not read it: leave it out"
	return []Key{
		{Name: "registry.static.noroutehtmlpath", Kind: Text, Hint: "fabio never used it: write registry.static.noroutehtml with the page itself"},
		{Name: "registry.custom.noroutehtmlpath", Kind: Text, Hint: "fabio never used it: leave it out"},
		{Name: "registry.consul.register.checkDeregisterCriticalServiceAfter", Kind: Text, Hint: "has no effect in fabio either: leave it out"},
		{Name: "aws.apigw.cert.cn", Kind: Text, Hint: "has no effect in fabio either: it was replaced by caupgcn= in proxy.cs"},
		{Name: "bgp.grpctls", Kind: Text, Hint: "fabio never used it: leave it out"},
		{Name: "bgp.certfile", Kind: Text, Hint: "fabio never used it: leave it out"},
		{Name: "bgp.keyfile", Kind: Text, Hint: "fabio never used it: leave it out"},
		{Name: "tracing.TracingEnabled", Kind: Text, Hint: tracing},
		{Name: "tracing.CollectorType", Kind: Text, Hint: tracing},
		{Name: "tracing.ConnectString", Kind: Text, Hint: tracing},
		{Name: "tracing.ServiceName", Kind: Text, Hint: tracing},
		{Name: "tracing.SpanName", Kind: Text, Hint: tracing},
		{Name: "tracing.Topic", Kind: Text, Hint: tracing},
		{Name: "tracing.SamplerRate", Kind: Text, Hint: tracing},
		{Name: "tracing.SpanHost", Kind: Text, Hint: tracing},
	}
}
