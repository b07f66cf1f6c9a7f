package controller

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"weir/store"
)

func proxyKey(name string) string { return proxies + url.PathEscape(name) }

// announce tells the fleet of this proxy, for as long as it lives: its entry is
// the key of a lock. It returns when the lock is lost.
func (c *Controller) announce(ctx context.Context) error {
	text, err := json.Marshal(Proxy{Name: c.conf.Name, Admin: c.Admin, Since: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	return c.conf.Store.Lock(ctx, proxyKey(c.conf.Name), text, func(ctx context.Context, _ store.Guard) { <-ctx.Done() })
}

// Peer is a proxy of the fleet as this one knows it.
type Peer struct {
	Proxy
	Announced bool // false: the store has not heard of it for a while; it may be gone, or cut off
	Leads     bool // it has the lock, and so lets rollouts go on
	Self      bool // it is this proxy
}

// Fleet lists the proxies that may be alive, by name, this one among them. As
// long as nothing rolls out a proxy knows only itself, and nobody leads.
func (c *Controller) Fleet() []Peer {
	list := c.roster.all()
	at := slices.IndexFunc(list, func(p Peer) bool { return p.Name == c.conf.Name })
	if at < 0 {
		at, list = len(list), append(list, Peer{Proxy: Proxy{Name: c.conf.Name, Admin: c.Admin}})
	}
	list[at].Self = true
	slices.SortFunc(list, func(a, b Peer) int { return strings.Compare(a.Name, b.Name) })
	return list
}
