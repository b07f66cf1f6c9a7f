// Package auth says who asks the admin API, and what that somebody may do. It
// knows tokens, passwords of an htpasswd file, client certificates, OIDC, and
// the sessions that follow a login.
package auth

import (
	"fmt"
	"path"
	"slices"
	"time"
)

// Role is what somebody may do. A role may do what those below it may.
type Role int

// The roles.
const (
	Nobody   Role = iota // nothing
	Viewer               // read
	Operator             // change weights, give rollouts commands
	Admin                // change policies
)

var roleNames = [...]string{"nobody", "viewer", "operator", "admin"}

// String is the role's name in the file of rules.
func (r Role) String() string { return roleNames[r] }

// WithArticle is the role's name in a sentence.
func (r Role) WithArticle() string {
	if r == Viewer || r == Nobody {
		return "a " + r.String()
	}
	return "an " + r.String()
}

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads viewer, operator or admin.
func (r *Role) UnmarshalText(b []byte) error {
	at := slices.Index(roleNames[1:], string(b))
	if at < 0 {
		return fmt.Errorf("role %.40q is none of viewer, operator, admin", b)
	}
	*r = Role(at + 1)
	return nil
}

// Grant is a role for some services.
type Grant struct {
	Role Role `json:"role" yaml:"role"`
	// Services are names, or patterns as of path.Match; empty: all services,
	// and what is about none.
	Services []string `json:"services,omitempty" yaml:"services"`
}

func (g Grant) covers(service string) bool {
	return len(g.Services) == 0 || slices.ContainsFunc(g.Services, func(pattern string) bool {
		ok, err := path.Match(pattern, service)
		return err == nil && ok
	})
}

// Via is how somebody proved who they are.
type Via string

// The ways to be let in. Without one somebody is not logged in.
const (
	ByToken       Via = "token"
	ByPassword    Via = "password"
	ByCertificate Via = "certificate"
	ByOIDC        Via = "oidc"
)

// Identity is who asks. The zero value is somebody who is not logged in and may
// do nothing.
type Identity struct {
	Name   string
	Via    Via
	Grants []Grant
	// Session is empty unless a session's cookie said who it is.
	Session Session
}

// Session is a login that a cookie remembers.
type Session struct {
	ID      string
	CSRF    string    // what a write has to bring besides the cookie
	Expires time.Time // of the cookie
}

// Everybody is somebody without a name who may do everything: who asks where
// there is no authentication.
func Everybody() Identity { return Identity{Grants: []Grant{{Role: Admin}}} }

// Has reports whether the identity has at least this role for some service.
func (i *Identity) Has(role Role) bool {
	return slices.ContainsFunc(i.Grants, func(g Grant) bool { return g.Role >= role })
}

// May reports whether the identity has at least this role for each of the
// services or, where there is none, for all that there are.
func (i *Identity) May(role Role, services ...string) bool {
	if len(services) == 0 {
		return slices.ContainsFunc(i.Grants, func(g Grant) bool { return g.Role >= role && len(g.Services) == 0 })
	}
	for _, s := range services {
		if !slices.ContainsFunc(i.Grants, func(g Grant) bool { return g.Role >= role && g.covers(s) }) {
			return false
		}
	}
	return true
}

// Ambient reports whether a browser sends by itself what proves the identity, so
// that a page of somebody else could have made it ask. Who is let in without
// any proof is ambient too.
func (i *Identity) Ambient() bool { return i.Via != ByToken || i.Session.ID != "" }
