package admin

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	"weir/admin/auth"
	"weir/route"
)

// asker is who made a request.
type asker struct {
	auth.Identity
	r       *http.Request
	request string // ID of the request
	dry     bool   // nothing is to be changed
	locked  string // why nobody may change anything; empty when that is not so
	writes  string // why they may change nothing; empty when they may
}

type askerKey struct{}

func withAsker(ctx context.Context, who *asker) context.Context {
	return context.WithValue(ctx, askerKey{}, who)
}

// askerOf is who made the request of a handler's context; nobody for another.
func askerOf(ctx context.Context) *asker {
	if who, ok := ctx.Value(askerKey{}).(*asker); ok {
		return who
	}
	return &asker{}
}

// requestID is the client's ID of a request if that is a plain word, else a new
// one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	odd := func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-_.:", c))
	}
	if id == "" || len(id) > 100 || strings.ContainsFunc(id, odd) {
		return rand.Text()
	}
	return id
}

// authorOf is who a change is by. Who is logged in cannot pass as somebody else,
// but a program may say for whom it acts.
func authorOf(ctx context.Context, by string) string {
	switch who := askerOf(ctx); {
	case who.Name == "" || who.Name == by:
		return by
	case by == "":
		return who.Name
	default:
		return who.Name + " for " + by
	}
}

// mayChange refuses who may not change something of a service or route. A route
// is its services' together.
func (a *Admin) mayChange(ctx context.Context, role auth.Role, s route.Scope) error {
	services := []string{s.Name}
	if s.Kind == "route" {
		services = nil // of a route that nobody has
		for _, r := range a.find(s).routes {
			services = r.Services()
		}
	}
	return may(ctx, role, s.String(), services...)
}

// may refuses who has not this role for all the services, or for everything
// where none is named.
func may(ctx context.Context, role auth.Role, what string, services ...string) error {
	who := askerOf(ctx)
	named := params{"name": who.Name, "role": role.String(), "what": what}
	switch {
	case who.May(role, services...):
		return nil
	case !who.Has(role):
		return fail(RoleMissing, fmt.Sprintf("%s is not %s, which it takes to change %s", who.Name, role.WithArticle(), what), named)
	}
	return fail(OtherServices, fmt.Sprintf("%s is %s of other services, and may not change %s", who.Name, role.WithArticle(), what), named)
}
