package route

import (
	"fmt"
	"slices"
	"strings"
)

// maxCookie bounds the name of a cookie in bytes.
const maxCookie = 64

// checkCookie says why a text cannot name the cookie of sticky=.
func checkCookie(name string) error {
	if !isToken(name) || len(name) > maxCookie {
		return fmt.Errorf("sticky=%s is no name of a cookie of at most %d characters", clip(name, 100), maxCookie)
	}
	return nil
}

// Sticky names the cookie by which clients stay with their target; empty for none.
func (r *Route) Sticky() string { return r.sticky }

// CookiePath is the longest path below which all requests of the route are.
func (r *Route) CookiePath() string {
	dir := r.path[:strings.LastIndexByte(r.path, '/')+1]
	if r.paths != nil || strings.ContainsFunc(dir, func(c rune) bool { return c >= 0x80 || c == ';' || !pathByte(byte(c)) }) {
		return "/"
	}
	return dir
}

// ID is what the target is known by in Draw.Stuck: a hash of its address, the same
// on all proxies. It is 0 on routes that need none.
func (t *Target) ID() uint64 { return t.id }

// stuck is the target that a client has had before, if it is up and has a share,
// and in a trial if it is of the variant that was drawn: a client stays with its
// target within the variant only.
func (r *Route) stuck(d *Draw, tried []string) *Target {
	if d.Pinned != "" {
		for _, up := range r.pins {
			if up[0].variant == d.Pinned {
				return same(up, d.Stuck, tried)
			}
		}
		return nil
	}
	if r.trial != nil && len(r.parts) > 0 {
		return same(r.part(d.Variant).targets, d.Stuck, tried)
	}
	for i := range r.parts {
		if t := same(r.parts[i].targets, d.Stuck, tried); t != nil {
			return t
		}
	}
	return nil
}

func same(targets []*Target, id uint64, tried []string) *Target {
	for _, t := range targets {
		if t.id == id && !slices.Contains(tried, t.dest.addr) {
			return t
		}
	}
	return nil
}
