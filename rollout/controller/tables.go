package controller

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"weir/route"
)

// Table tells of the routing table of a proxy.
type Table struct {
	Generation   uint64    `json:"generation"` // counts the tables of that proxy alone
	Published    time.Time `json:"published"`  // zero: there is none yet
	Routes       int       `json:"routes"`
	StaleSeconds float64   `json:"stale_seconds"` // how old what is used of the worst source may be; 0 while all can be read
	// Digest is the same where tables lead to the same targets with the same
	// shares.
	Digest string `json:"digest"`
}

// Told is what a proxy has said when it was asked.
type Told struct {
	Answer
	Err error // why it has said nothing
}

// Bounds of asking all proxies for somebody who looks.
const (
	tellTime  = 2 * time.Second
	tellAgain = time.Second // after which they are asked again
	maxAsking = 16          // at a time
)

// told is what all have said last.
type told struct {
	mu sync.Mutex
	at time.Time
	by map[string]Told
}

// Tell asks all proxies of the fleet how far they are, this one among them. It
// takes up to two seconds, and what was said within the last second is not asked
// again.
func (c *Controller) Tell(ctx context.Context) map[string]Told {
	c.told.mu.Lock()
	defer c.told.mu.Unlock()
	if time.Since(c.told.at) < tellAgain {
		return c.told.by
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTime) // others wait for it, too
	defer cancel()
	fleet := c.Fleet()
	said, room := make([]Told, len(fleet)), make(chan struct{}, maxAsking)
	var asking sync.WaitGroup
	for i, p := range fleet {
		room <- struct{}{}
		asking.Go(func() {
			said[i].Answer, said[i].Err = c.askOne(ctx, p.Proxy)
			<-room
		})
	}
	asking.Wait()
	c.told.by = make(map[string]Told, len(fleet))
	for i, p := range fleet {
		c.told.by[p.Name] = said[i]
	}
	c.told.at = time.Now()
	return c.told.by
}

// Digest is Table.Digest of t.
func Digest(t *route.Table) string {
	h := sha256.New()
	for r, to := range t.Targets() {
		fmt.Fprintf(h, "%s\n%s %s %s\n%.4f %v\n", r.Key(), to.Service(), to.Variant(), to.URL(), to.Share(), to.Up())
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
