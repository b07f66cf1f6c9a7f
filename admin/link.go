package admin

import (
	"net"
	"net/url"
	"strings"

	"weir/route"
)

// Links says where the routes of the pages lead, as fabio's
// ui.routingtable.source does.
type Links struct {
	Scheme string // http or https
	Host   string // for routes without a host; empty: these are no links
	Port   string // empty: that of the scheme
	NewTab bool
}

// Link is where a route can be looked at.
type Link struct {
	URL    string `json:"url"`
	NewTab bool   `json:"newTab"`
}

// link is that of a route; nil where there is none, or its host or path is a
// pattern, or it is one of a port.
func (a *Admin) link(r *route.Route) *Link {
	if a.Links == nil || r.Path() == "" || strings.ContainsAny(r.Key(), `*?[]{}\`) {
		return nil
	}
	u := url.URL{Scheme: a.Links.Scheme, Host: r.Host(), Path: r.Path()}
	if u.Host == "" {
		if u.Host = a.Links.Host; u.Host == "" {
			return nil
		}
		if a.Links.Port != "" {
			u.Host = net.JoinHostPort(u.Host, a.Links.Port)
		}
	} else if a.Links.Port != "" && u.Port() == "" {
		u.Host += ":" + a.Links.Port
	}
	return &Link{URL: u.String(), NewTab: a.Links.NewTab}
}
