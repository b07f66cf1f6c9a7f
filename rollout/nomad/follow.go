package nomad

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
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
		c.rouse() // allocations that were sought may be among them
		return err
	})
}

func (c *Client) followDeployments(j *job) {
	follow(c, j, deployments, func(list []deployment) error {
		err := c.learnDeployed(j, list)
		c.mu.Lock()
		defer c.mu.Unlock()
		j.deployments = list
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
		next, err := c.get(j.ctx, j.path(what), query(), index, &list)
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

// learnDeployed reads the versions that deployments are about. A job that was
// deleted and made again counts from 0: what was known of its versions is void.
func (c *Client) learnDeployed(j *job, list []deployment) error {
	for _, d := range list {
		known, created := c.knows(j, d.JobVersion)
		switch {
		case d.JobCreateIndex != 0 && created != 0 && d.JobCreateIndex != created:
			return c.readVersions(j)
		case !known && d.isOn():
			return c.readVersions(j)
		}
	}
	return nil
}

// isOn reports whether the deployment may still come to something.
func (d *deployment) isOn() bool {
	return d.Status != "successful" && d.Status != "failed" && d.Status != "cancelled"
}

// learnVersions reads the versions of allocations that are not over. Of one that
// Nomad has dropped from its list an allocation itself tells.
func (c *Client) learnVersions(j *job, all map[string]stub) error {
	listed := false
	for id, a := range all {
		if known, _ := c.knows(j, a.JobVersion); known || a.isOver() {
			continue
		}
		if !listed {
			if err := c.readVersions(j); err != nil {
				return err
			}
			listed = true
		}
		if known, _ := c.knows(j, a.JobVersion); known {
			continue
		}
		if err := c.askAllocation(j, id); err != nil {
			return err
		}
	}
	return nil
}

// knows reports whether a version was read, and when the job of it was created.
func (c *Client) knows(j *job, number uint64) (known bool, created uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known = j.versions[number]
	return known, j.created
}

// readVersions reads the versions of which Nomad keeps a list.
func (c *Client) readVersions(j *job) error {
	var answer struct{ Versions []json.RawMessage }
	_, err := c.get(j.ctx, j.path("versions"), url.Values{"namespace": {j.id.namespace}}, 0, &answer)
	var said *Error
	if errors.As(err, &said) && said.Status == http.StatusNotFound {
		return nil // the job was deleted, what ran of it may be there yet
	}
	if err != nil {
		return err
	}
	for _, text := range answer.Versions {
		if err := c.learn(j, text); err != nil {
			return err
		}
	}
	return nil
}

// askAllocation reads the job version that an allocation has.
func (c *Client) askAllocation(j *job, id string) error {
	a, err := c.locate(j.ctx, id)
	var said *Error
	if errors.As(err, &said) && said.Status == http.StatusNotFound {
		return nil // it is gone
	}
	if err != nil {
		return err
	}
	return c.learn(j, a.Job)
}

func (c *Client) learn(j *job, text json.RawMessage) error {
	number, created, v, err := readVersion(text)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if j.versions == nil || created > j.created {
		j.versions, j.created = map[uint64]version{}, created
	}
	j.versions[number] = v
	return nil
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
