package route

import "net/netip"

// Target is an instance as a route uses it. It cannot be changed.
type Target struct {
	service, instance, node string
	origin                  string // Source and Text of problems with it
	text                    string
	tags                    []string
	up, gone                bool   // gone: deleted while the table was built
	apart                   bool   // on its route by Instance.Apart
	weight                  weight // its own, as tags and commands left it
	share                   float64
	variant, version        string
	dest                    dest
	settings                *settings
	redirect                *Redirect
	opts, poolKey           string
	id                      uint64 // hash of the address, where the route needs one
}

// Service is the name of the service.
func (t *Target) Service() string { return t.service }

// Instance is the service ID; empty on a target that a command made.
func (t *Target) Instance() string { return t.instance }

// Variant is the name of the variant that the target belongs to.
func (t *Target) Variant() string { return t.variant }

// Version is the version key; empty when unknown.
func (t *Target) Version() string { return t.version }

// Up is false while the target must get no traffic.
func (t *Target) Up() bool { return t.up }

// Addr is the host and port to dial; empty on a redirect.
func (t *Target) Addr() string { return t.dest.addr }

// Scheme is http, https, h2, h2c, grpc, grpcs or tcp; empty on a redirect.
func (t *Target) Scheme() string { return t.dest.scheme }

// Passthrough reports whether a TLS connection for the target is handed on
// undecrypted: its scheme is tcp, or a command says proto=tcp.
func (t *Target) Passthrough() bool { return t.dest.scheme == "tcp" || t.settings.proto == "tcp" }

// URL is the destination as fabio prints it: "http://10.0.0.1:80/".
func (t *Target) URL() string { return t.dest.url }

// Share is the effective share of this target on its route, 0 to 1.
func (t *Target) Share() float64 { return t.share }

// Strip is the path prefix to take off, in normal form.
func (t *Target) Strip() string { return t.settings.strip }

// Prepend is the path prefix to put before, in normal form.
func (t *Target) Prepend() string { return t.settings.prepend }

// Host is the Host to send upstream; empty passes the client's on.
func (t *Target) Host() string {
	if t.settings.host == "dst" {
		return t.dest.host
	}
	return t.settings.host
}

// Query is put before the request's own query.
func (t *Target) Query() string { return t.dest.query }

// Redirect is the answer to give instead of forwarding; nil for none.
func (t *Target) Redirect() *Redirect { return t.redirect }

// Auth is the name of a proxy.auth scheme; empty for none.
func (t *Target) Auth() string { return t.settings.auth }

// Tags are all tags but route tags. They must not be changed.
func (t *Target) Tags() []string { return t.tags }

// Opts are the options in fabio's text form, "k=v k=v", sorted by key.
func (t *Target) Opts() string { return t.opts }

// Allows applies allow= and deny= to an address. An address that is not valid
// is allowed only where nothing is restricted.
func (t *Target) Allows(a netip.Addr) bool { return t.settings.access.allows(a) }

// Restricted reports whether allow= or deny= is set at all.
func (t *Target) Restricted() bool { return t.settings.access.restricted() }

// PoolKey is equal for targets whose connections are interchangeable: same
// scheme, address, TLS name, credentials and verification. Where ServerName is
// empty the TLS name is the client's and not in the key; a redirect has none.
func (t *Target) PoolKey() string { return t.poolKey }

func (t *Target) makePoolKey() string {
	d := &t.dest
	switch {
	case d.scheme == "":
		return ""
	case t.secure():
		key := d.scheme + "://" + d.addr + " " + t.ServerName()
		if t.SkipVerify() {
			key += " unverified"
		}
		if name := t.Credentials(); name != "" {
			key += " tls=" + name
		}
		return key
	}
	if n := len(d.scheme) + len("://") + len(d.addr); len(d.url) >= n && d.url[n-len(d.addr):n] == d.addr {
		return d.url[:n] // shares memory
	}
	return d.scheme + "://" + d.addr
}
