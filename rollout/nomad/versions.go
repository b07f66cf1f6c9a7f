package nomad

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

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
	_, err := c.Get(j.ctx, j.path("versions"), url.Values{"namespace": {j.id.namespace}}, 0, &answer)
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
