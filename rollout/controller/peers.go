package controller

import (
	"context"
	"fmt"
	"time"

	"weir/rollout/verdict"
	"weir/route"
)

// Proxy is how a proxy announces itself to the fleet.
type Proxy struct {
	Name  string    `json:"name"`  // unique in the fleet
	Admin string    `json:"admin"` // host:port of its admin listener
	Since time.Time `json:"since"` // shown, never compared
}

// Peers asks other proxies of the fleet. It is called by several goroutines.
type Peers interface {
	// Ask returns what Controller.Answer returns there. The context bounds the
	// time; the implementation bounds the size.
	Ask(ctx context.Context, p Proxy) (Answer, error)
}

// Counters is what this proxy has counted. It is called by several goroutines.
type Counters interface {
	// Report tells the counters of the rollout with this ID, for Controller's
	// Config.Name; false when nothing was counted for it.
	Report(rollout string) (verdict.Report, bool)
}

// Answer is what a proxy says when the leader asks how far it is.
type Answer struct {
	Proxy  string             `json:"proxy"`
	Scopes map[string]Applied `json:"scopes"` // by route.Scope.String
	// PolicyFiles is the same for proxies whose files have the same policies.
	PolicyFiles string `json:"policy_files,omitempty"`
	Table       *Table `json:"table,omitempty"` // absent: it does not tell
}

// Applied is how far a proxy is with one scope.
type Applied struct {
	Generation uint64          `json:"generation"` // that its table follows; 0: none
	Rollout    string          `json:"rollout,omitempty"`
	Report     *verdict.Report `json:"report,omitempty"` // of Rollout
}

// Answer tells how far this proxy is. It is what its admin listener has to give
// to Peers of other proxies.
func (c *Controller) Answer() Answer {
	a := Answer{Proxy: c.conf.Name, Scopes: map[string]Applied{}, PolicyFiles: digestOf(c.view.policyFiles())}
	for scope, k := range c.view.all() {
		a.Scopes[scope.String()] = c.applied(scope, k.state.ID)
	}
	if c.Table != nil {
		t := c.Table()
		a.Table = &t
	}
	return a
}

func (c *Controller) applied(scope route.Scope, rollout string) Applied {
	a := Applied{Generation: c.Publisher.Generation(scope), Rollout: rollout}
	if c.conf.Counters == nil || rollout == "" {
		return a
	}
	if r, ok := c.conf.Counters.Report(rollout); ok {
		a.Report = &r
	}
	return a
}

// check says why an answer is not that of the proxy that was asked.
func (a Answer) check(asked Proxy) error {
	if a.Proxy != asked.Name {
		return fmt.Errorf("%s is proxy %.80q, and not %q: announced addresses must be reachable from other machines", asked.Admin, a.Proxy, asked.Name)
	}
	for scope, one := range a.Scopes {
		if one.Report != nil && one.Report.Proxy != asked.Name {
			return fmt.Errorf("the counters of %s are those of proxy %.80q", scope, one.Report.Proxy)
		}
	}
	return nil
}
