package soak

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/route"
)

// The hosts: of web and tls instances come and go; form's stay, because what is
// sent there must not be sent twice.
const (
	webHost  = "web.example.com"
	tlsHost  = "tls.example.com"
	formHost = "form.example.com"
)

// cluster is what runs behind weir, and all that ever ran.
type cluster struct {
	t    *testing.T
	edge *edge
	cert testenv.Cert
	next int

	mu    sync.Mutex
	ever  []*instance
	flips int
	up    []*instance
}

func newCluster(t *testing.T, e *edge) *cluster {
	c := &cluster{t: t, edge: e, cert: testenv.NewCert(t, tlsHost)}
	for range 3 {
		c.join("web")
		c.join("tls")
	}
	c.join("form")
	c.join("form")
	c.publish()
	return c
}

// join starts an instance, which the next publish makes known.
func (c *cluster) join(service string) {
	c.next++
	tags, cert := []string{"urlprefix-" + service + ".example.com/"}, (*testenv.Cert)(nil)
	if service == "tls" {
		tags[0] += " proto=tcp+sni"
		cert = &c.cert
	}
	i := startInstance(c.t, fmt.Sprintf("%s-%d", service, c.next), service, tags, cert)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up, c.ever = append(c.up, i), append(c.ever, i)
}

// publish swaps the table: besides what runs it holds a route that is another
// one each time.
func (c *cluster) publish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flips++
	known := []route.Instance{{Service: "flip", ID: "flip", Node: "soak", Address: "127.0.0.1", Port: 9, Up: true,
		Tags: []string{fmt.Sprintf("urlprefix-flip%d.example.com/", c.flips%7)}}}
	for _, i := range c.up {
		known = append(known, i.Instance)
	}
	c.edge.source.Set(known)
}

// replace has one instance leave or break off, and a new one come. Either way
// weir still knows of the old one for a moment.
func (c *cluster) replace(kill bool) {
	c.mu.Lock()
	at := rand.IntN(len(c.up))
	for c.up[at].Service == "form" {
		at = rand.IntN(len(c.up))
	}
	old := c.up[at]
	c.mu.Unlock()
	c.join(old.Service)
	c.publish()
	if kill {
		old.kill()
	} else {
		old.leave(c.t)
	}
	c.mu.Lock()
	for at, i := range c.up {
		if i == old {
			c.up = append(c.up[:at:at], c.up[at+1:]...)
			break
		}
	}
	c.mu.Unlock()
	c.publish()
}

// excuse reports whether an instance that broke off explains that a request
// failed.
func (c *cluster) excuse(id string, from time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.ever {
		if i.broke(id, from) {
			return true
		}
	}
	return false
}

// unheard is how many requests may have been lost before an instance read them.
func (c *cluster) unheard() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, i := range c.ever {
		if i.Service == "tls" { // what comes over HTTP goes to another instance
			i.mu.Lock()
			n += i.unheard
			i.mu.Unlock()
		}
	}
	return n
}

// stop ends what still runs.
func (c *cluster) stop() {
	for _, i := range c.up {
		i.kill()
	}
}
