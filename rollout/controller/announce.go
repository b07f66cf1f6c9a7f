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

// Proxies lists the proxies that may be alive, by name, this one among them.
func (c *Controller) Proxies() []Proxy {
	list := c.roster.all()
	if !slices.ContainsFunc(list, func(p Proxy) bool { return p.Name == c.conf.Name }) {
		list = append(list, Proxy{Name: c.conf.Name, Admin: c.Admin})
	}
	slices.SortFunc(list, func(a, b Proxy) int { return strings.Compare(a.Name, b.Name) })
	return list
}
