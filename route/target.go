package route

import "net/netip"

// Route is a host and path (or SNI name, or port) and the variants of its
// targets. It cannot be changed.
type Route struct{}

// Draw is the luck of one pick. Equal draws pick equally from equal routes.
type Draw struct {
	Variant uint64 // uniform over all values, or a hash of the cohort key
	Target  uint64 // uniform over all values, for Random
	Seq     uint64 // running number on this route, for RoundRobin
}

// Variant is one named part of a route, its share, and why it is that.
type Variant struct {
	Name    string
	Asked   Weight  // what intents or tags ask for
	Share   float64 // what it gets, 0 to 1, after spilling
	Why     string  // "intent of alice: …", "tags", "spilled to stable: no instance is up"
	Targets []*Target
}

// Key is host plus path as in a tag: "app.example.com/", "/api", ":9000".
func (r *Route) Key() string { panic("route") }

// Host is the host pattern, empty for none. Path is the path prefix or glob.
func (r *Route) Host() string { panic("route") }

// Path is the path prefix or glob; empty on a port route.
func (r *Route) Path() string { panic("route") }

// Services lists the names of the services on the route, sorted.
func (r *Route) Services() []string { panic("route") }

// Variants describes the variants, the candidates first, stable last.
func (r *Route) Variants() []Variant { panic("route") }

// Pick chooses a target that is up and has a share and whose address is not in
// tried: first the variant, then the target inside it; when the variant has no
// other target, one of the other variants that have a share. Nil when nothing
// is left.
func (r *Route) Pick(d Draw, tried ...string) *Target { panic("route") }

// Target is an instance as a route uses it. It cannot be changed.
type Target struct{}

// Redirect is the answer of a redirect route. URL may hold $path and $host.
type Redirect struct {
	Code int
	URL  string
}

func (t *Target) Service() string  { panic("route") }
func (t *Target) Instance() string { panic("route") } // service ID; empty from commands
func (t *Target) Variant() string  { panic("route") }
func (t *Target) Version() string  { panic("route") } // version key; empty when unknown
func (t *Target) Up() bool         { panic("route") }

// Addr is the host and port to dial; empty on a redirect.
func (t *Target) Addr() string { panic("route") }

// Scheme is http, https, h2, h2c, grpc, grpcs, tcp or what proto= said.
func (t *Target) Scheme() string { panic("route") }

// URL is the destination as fabio prints it: "http://10.0.0.1:80/".
func (t *Target) URL() string { panic("route") }

// Share is the effective share of this target on its route, 0 to 1.
func (t *Target) Share() float64 { panic("route") }

func (t *Target) Strip() string   { panic("route") }
func (t *Target) Prepend() string { panic("route") }

// Host is the Host to send upstream; empty passes the client's on.
func (t *Target) Host() string { panic("route") }

// Query is put before the request's own query.
func (t *Target) Query() string       { panic("route") }
func (t *Target) Redirect() *Redirect { panic("route") } // nil when it is none
func (t *Target) SkipVerify() bool    { panic("route") } // tlsskipverify
func (t *Target) Auth() string        { panic("route") } // name of a proxy.auth scheme
func (t *Target) Tags() []string      { panic("route") } // all tags but route tags; do not change
func (t *Target) Opts() string        { panic("route") } // options in fabio's text form

// Allows applies allow= and deny= to an address.
func (t *Target) Allows(a netip.Addr) bool { panic("route") }

// Restricted reports whether allow= or deny= is set at all.
func (t *Target) Restricted() bool { panic("route") }

// PoolKey is equal for targets whose connections are interchangeable: same
// scheme, address, TLS name and verification.
func (t *Target) PoolKey() string { panic("route") }
