package nomad

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
)

// Config says which Nomad is asked.
type Config struct {
	Addr   string // http://host:port or https://host:port of an agent
	Token  string // of ACLs; empty: none
	Region string // empty: that of the agent
	TLS    TLS    // for https
	Log    *slog.Logger
}

// Client implements controller.Nomad. Use New.
type Client struct {
	addr, token, region string
	http                *http.Client
	log                 *slog.Logger
	idle                time.Duration // a job is forgotten that nobody has asked about for so long

	wake chan struct{} // has something when somebody has asked for what is not followed

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when there is news
	news    bool          // something was read that may be new
	jobs    map[jobID]*job
	unknown map[string]*unknown // allocations that no job here has, by ID
	away    bool                // the last search for one failed
}

// jobID names a job.
type jobID struct{ namespace, name string }

// unknown is an allocation whose job is to be found.
type unknown struct{ asked, next time.Time }

// New makes a client. It reads the files of c.TLS, and talks to nobody before
// Run.
func New(c Config) (*Client, error) {
	tlsConfig, err := c.TLS.config()
	if err != nil {
		return nil, err
	}
	return &Client{
		addr: strings.TrimRight(c.Addr, "/"), token: c.Token, region: c.Region, log: c.Log, idle: time.Minute,
		http: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: tlsConfig, TLSHandshakeTimeout: callTime, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 8},
			// A token goes nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		wake: make(chan struct{}, 1), changed: make(chan struct{}), jobs: map[jobID]*job{}, unknown: map[string]*unknown{},
	}, nil
}

// Allocations implements controller.Nomad. An allocation is left out until it is
// known what its job version runs.
func (c *Client) Allocations(ids []string) map[string]detect.Allocation {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, all := time.Now(), map[string]detect.Allocation{}
	for _, id := range ids {
		j := c.jobOf(id)
		if j == nil {
			c.seek(id, now)
			continue
		}
		j.asked = now
		if a, ok := j.allocation(id); ok {
			all[id] = a
		}
	}
	return all
}

// jobOf is the job of an allocation; nil when none that is followed has it.
func (c *Client) jobOf(allocation string) *job {
	for _, j := range c.jobs {
		if _, ok := j.allocations[allocation]; ok {
			return j
		}
	}
	return nil
}

// maxUnknown bounds how many allocations are sought at a time.
const maxUnknown = 10_000

// seek notes that the job of an allocation is wanted.
func (c *Client) seek(id string, now time.Time) {
	u := c.unknown[id]
	if u == nil && len(c.unknown) < maxUnknown {
		u = &unknown{next: now}
		c.unknown[id] = u
		c.rouse()
	}
	if u != nil {
		u.asked = now
	}
}

// rouse lets Run look again.
func (c *Client) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Deployments implements controller.Nomad.
func (c *Client) Deployments(n detect.Nomad) (own, latest *rollout.Deployment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := c.want(jobID{n.Namespace, n.Job})
	if j == nil {
		return nil, nil
	}
	j.asked = time.Now()
	for i := range j.deployments {
		d := j.describe(&j.deployments[i], n.Group)
		if d.JobVersion == n.JobVersion {
			own = d
		}
		if latest == nil || d.JobVersion > latest.JobVersion {
			latest = d
		}
	}
	return own, latest
}

// maxJobs bounds how many jobs are followed; each takes two connections.
const maxJobs = 512

// want is a job that is followed from now on; nil when there are too many.
func (c *Client) want(id jobID) *job {
	j := c.jobs[id]
	if j == nil && len(c.jobs) == maxJobs {
		c.log.Warn("too many jobs are followed", "most", maxJobs, "left out", id.name, "namespace", id.namespace)
	} else if j == nil {
		j = &job{id: id, asked: time.Now()}
		c.jobs[id] = j
		c.rouse()
	}
	return j
}

// lookEvery is how often Run looks for jobs that are idle and allocations that
// could not be found.
const lookEvery = 5 * time.Second

// Run follows what is asked for until ctx ends. It returns the cause of that.
func (c *Client) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer c.http.CloseIdleConnections()
	defer running.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		c.forget(time.Now())
		c.find(ctx)
		for _, j := range c.begin(ctx) {
			running.Go(func() { c.followAllocations(j) })
			running.Go(func() { c.followDeployments(j) })
		}
		c.announce()
		sleep(ctx, pace) // however many jobs change
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-c.wake:
		case <-tick.C:
		}
	}
}

// Changed implements controller.Nomad.
func (c *Client) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// announce ends the wait for news if there is some.
func (c *Client) announce() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.news {
		close(c.changed)
		c.changed, c.news = make(chan struct{}), false
	}
}

// begin are the jobs that are new.
func (c *Client) begin(ctx context.Context) (list []*job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, j := range c.jobs {
		if j.stop == nil {
			j.ctx, j.stop = context.WithCancel(ctx)
			list = append(list, j)
		}
	}
	return list
}

// forget ends what nobody has asked about.
func (c *Client) forget(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, j := range c.jobs {
		if now.Sub(j.asked) >= c.idle && j.stop != nil {
			j.stop()
			delete(c.jobs, id)
		}
	}
	for id, u := range c.unknown {
		if now.Sub(u.asked) >= c.idle {
			delete(c.unknown, id)
		}
	}
}
