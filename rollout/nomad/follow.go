package nomad

import (
	"context"
	"maps"
	"net/url"
	"time"
)

// What is followed of a job.
const (
	allocations = "allocations"
	deployments = "deployments"
)

const (
	// pace is the least time between two answers: a deployment changes things
	// many times a second.
	pace = 100 * time.Millisecond
	// firstPause is after a call that failed; it doubles up to lastPause.
	firstPause = 500 * time.Millisecond
	lastPause  = 15 * time.Second
)

func (c *Client) followAllocations(j *job) {
	follow(c, j, allocations, func(list []stub) error {
		all := make(map[string]stub, len(list))
		for _, a := range list {
			all[a.ID] = a
		}
		err := c.learnVersions(j, all)
		c.mu.Lock()
		defer c.mu.Unlock()
		j.allocations = all
		j.forgetVersions()
		c.news = true
		c.rouse() // allocations that were sought may be among them
		return err
	})
}

func (c *Client) followDeployments(j *job) {
	follow(c, j, deployments, func(list []deployment) error {
		err := c.learnDeployed(j, list)
		c.mu.Lock()
		defer c.mu.Unlock()
		j.deployments = latest(list)
		c.news = true
		c.rouse()
		return err
	})
}

// follow reads a list of the job again at each change, until the job is not
// followed any more.
func follow[T any](c *Client, j *job, what string, take func([]T) error) {
	query := func() url.Values { return url.Values{"namespace": {j.id.namespace}} }
	var index uint64
	for failures := 0; j.ctx.Err() == nil; {
		var list []T
		next, err := c.Get(j.ctx, j.path(what), query(), index, &list)
		if err == nil {
			err = take(list)
		}
		c.note(j, what, err)
		switch index = next; {
		case err != nil:
			index = 0 // the whole list again
			sleep(j.ctx, min(lastPause, firstPause<<min(failures, 10)))
			failures++
			continue
		case index == 0:
			sleep(j.ctx, firstPause) // the next call does not wait for a change
		default:
			sleep(j.ctx, pace)
		}
		failures = 0
	}
}

// path is of something of the job.
func (j *job) path(what string) string { return "/v1/job/" + url.PathEscape(j.id.name) + "/" + what }

// note keeps why a list cannot be read. The first of several errors is logged.
func (c *Client) note(j *job, what string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := j.problem[what]
	now := map[string]error{}
	maps.Copy(now, j.problem)
	if delete(now, what); err != nil {
		now[what] = err
	}
	j.problem = now
	switch {
	case j.ctx.Err() != nil:
	case err != nil && before == nil:
		c.log.Warn("Nomad cannot be read", "job", j.id.name, "namespace", j.id.namespace, "error", err)
	case err == nil && before != nil:
		c.log.Info("Nomad can be read again", "job", j.id.name, "namespace", j.id.namespace, "what", what)
	}
}

// sleep returns after d or when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
