package fleet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

const (
	size   = 5                // proxies of a fleet
	host   = "shop.test"      // of the service
	within = 30 * time.Second // for what takes a moment on a machine that is not busy
	// failover is more than Consul's sessions of 10 s may take to end, and what a
	// new leader needs to learn who is there.
	failover = 90 * time.Second
)

// fleet is proxies of one service under a policy. Its versions run in this process.
type fleet struct {
	t       testing.TB
	consul  *testenv.Consul
	service string
	proxies []*proxy      // that run
	load    *testenv.Load // nil before traffic
}

// newFleet starts a fleet whose service has v1, and puts a policy, which is for
// the service that it names with %s. Addrs are where proxies find Consul if not
// at the agent itself.
func newFleet(t testing.TB, policy string, addrs ...string) *fleet {
	t.Helper()
	c := testenv.SharedConsul(t)
	f := &fleet{t: t, consul: c, service: c.Name("shop")}
	f.run("v1")
	for i := range size {
		addr := c.Addr
		if i < len(addrs) {
			addr = addrs[i]
		}
		f.proxies = append(f.proxies, f.start(addr))
	}
	f.proxies[0].put(fmt.Sprintf(policy, f.service))
	f.all("healthy", func(r admin.Rollout) bool {
		return r.Phase == "healthy" && r.Stable.Key == "v1" && len(r.Proxies) == size
	})
	return f
}

// run registers three instances of a version, which answer with its name.
func (f *fleet) run(version string) {
	f.t.Helper()
	for i := range 3 {
		b := testenv.HTTPBackend(f.t, version)
		f.consul.Register(testenv.Service{Name: f.service, ID: f.consul.Name(fmt.Sprint(version, "-", i)), Address: b.Host, Port: b.Port,
			Tags: []string{f.consul.Name("urlprefix-") + host + "/", "version=" + version}})
	}
	if f.load != nil {
		f.t.Cleanup(f.load.Stop) // before the instances end
	}
}

// all waits until the rollout is as wanted on every proxy that runs, and the
// table of each follows it with the same shares.
func (f *fleet) all(what string, is func(admin.Rollout) bool) (last admin.Rollout) {
	f.t.Helper()
	f.eventually(func() error {
		shares := ""
		for _, p := range f.proxies {
			r, err := p.rollout()
			if err != nil {
				return err
			}
			if !is(r) || r.AppliedGeneration != r.Generation {
				return fmt.Errorf("want %s on %s, there is %s in step %d with %s, %s; generation %d, applied %d; %+v", what, p.name,
					r.Phase, r.Step, r.Weight, r.Why, r.Generation, r.AppliedGeneration, r.Proxies)
			}
			if s := sharesOf(r); shares != "" && s != shares {
				return fmt.Errorf("%s gives %s, and another proxy %s", p.name, s, shares)
			} else {
				shares = s
			}
			last = r
		}
		return nil
	})
	return last
}

// eventually is testenv.Eventually at a pace that leaves the processes time to work.
func (f *fleet) eventually(try func() error) {
	f.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	testenv.Eventually(f.t, failover, func() error {
		<-tick.C
		return try()
	})
}

// sharesOf is what the routes of a proxy give: "canary 10% stable 90%".
func sharesOf(r admin.Rollout) string {
	var list []string
	for _, route := range r.Routes {
		for _, v := range route.Variants {
			list = append(list, fmt.Sprintf("%s %.4g%%", v.Name, v.Share*100))
		}
	}
	return strings.Join(list, " ")
}

// leader is the proxy that all that run say leads.
func (f *fleet) leader() (leader *proxy) {
	f.t.Helper()
	f.eventually(func() error {
		name := ""
		for _, p := range f.proxies {
			leads, err := p.leads()
			if err != nil {
				return err
			}
			if leads == "" || name != "" && leads != name {
				return fmt.Errorf("%s says that %q leads, and others %q", p.name, leads, name)
			}
			name = leads
		}
		at := slices.IndexFunc(f.proxies, func(p *proxy) bool { return p.name == name })
		if at < 0 {
			return errors.New(name + " leads and does not run")
		}
		leader = f.proxies[at]
		return nil
	})
	return leader
}

// kill ends a proxy with SIGKILL.
func (f *fleet) kill(p *proxy) {
	p.killed.Store(true)
	p.end()
	f.proxies = slices.DeleteFunc(f.proxies, func(other *proxy) bool { return other == p })
}
