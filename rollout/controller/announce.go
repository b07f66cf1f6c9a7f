package controller

import (
	"context"
	"encoding/json"
	"fmt"
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

// Proxies lists the proxies that are alive, by name, this one among them, and
// says what is wrong with other announcements.
func (c *Controller) Proxies(ctx context.Context) (list []Proxy, problems []error, err error) {
	all, err := c.conf.Store.List(ctx, proxies)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range all {
		var p Proxy
		if err := json.Unmarshal(e.Value, &p); err != nil || proxyKey(p.Name) != e.Key {
			problems = append(problems, fmt.Errorf("%s announces no proxy: %.200q", e.Key, e.Value))
			continue
		}
		list = append(list, p)
	}
	if !slices.ContainsFunc(list, func(p Proxy) bool { return p.Name == c.conf.Name }) {
		list = append(list, Proxy{Name: c.conf.Name, Admin: c.Admin})
	}
	slices.SortFunc(list, func(a, b Proxy) int { return strings.Compare(a.Name, b.Name) })
	return list, problems, nil
}
