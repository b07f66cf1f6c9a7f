package route

// Strategy names how a target is picked.
type Strategy string

// Strategies, by fabio's names.
const (
	Random     Strategy = "rnd"
	RoundRobin Strategy = "rr"
)

// Matcher names how a route's path is compared with a request's.
type Matcher string

// Matchers, by fabio's names.
const (
	Prefix     Matcher = "prefix"  // longest prefix, case-sensitive, not bound to segments
	PrefixFold Matcher = "iprefix" // the same, ignoring ASCII case
	Glob       Matcher = "glob"    // the whole path against a glob, * crosses slashes
)

// Options are the settings that change how input is read or matched.
type Options struct {
	TagPrefix  string   // of route tags; empty means "urlprefix-"
	Strategy   Strategy // empty means Random
	Matcher    Matcher  // empty means Prefix
	ExactHosts bool     // glob.matching.disabled: hosts are compared literally
}

// Input is everything a table is built from.
type Input struct {
	Instances []Instance
	Commands  []Commands // evaluated in order, after the tags
	Intents   []Intent
	Options   Options
}

// Table is an immutable routing table. The zero value routes nothing.
type Table struct{}

// Build makes the table of in and lists every tag, line and intent that could
// not be honoured. It never fails: what is bad harms only itself.
func Build(in Input) (*Table, []Problem) { panic("route: Build") }

// HTTP finds the route of a request: host as NormalHost returned it, path in
// normal form. Nil when there is none. It takes no lock and allocates nothing.
func (t *Table) HTTP(host, path string, tls bool) *Route { panic("route: HTTP") }

// SNI finds the route of a TLS connection by its lower-case server name. Only
// routes with path "/" count. Nil when there is none.
func (t *Table) SNI(name string) *Route { panic("route: SNI") }

// Port finds the route of a TCP connection by the listener's port, given as
// ":9000". Nil when there is none.
func (t *Table) Port(port string) *Route { panic("route: Port") }

// Routes lists all routes in the order of the table's text form.
func (t *Table) Routes() []*Route { panic("route: Routes") }

// String prints the table in its stable text form, one line a target.
func (t *Table) String() string { panic("route: String") }

// NormalHost lower-cases a Host field value or authority and drops the port
// that is the scheme's default (80 plain, 443 TLS). It allocates only when
// something has to be lower-cased.
func NormalHost(host string, tls bool) string { panic("route: NormalHost") }

// NormalPath gives the normal form of a raw request path (without query):
// unreserved characters decoded, dot segments resolved, repeated slashes
// folded, a trailing slash kept (RFC 3986 section 6.2.2). It returns its
// argument where that is normal already. An error names what cannot be routed.
func NormalPath(raw string) (string, error) { panic("route: NormalPath") }
