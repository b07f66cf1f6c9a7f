package nomad

// What is read of Nomad's answers.

// namespace is a part of the list of all services.
type namespace struct {
	Namespace string
	Services  []struct {
		ServiceName string
		Tags        []string // of all registrations together
	}
}

// registration is one instance of a service.
type registration struct {
	ID          string // _nomad-task-<allocation>-…, as in Consul
	ServiceName string
	NodeID      string
	Datacenter  string
	Address     string
	Port        int
	Tags        []string // canary_tags while it is a canary
}
