package nomad

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// notFoundFor is how long an allocation that this Nomad does not know is not
// asked for again: it may belong to another region.
const notFoundFor = 30 * time.Second

// located is an allocation as /v1/allocation/ID gives it.
type located struct {
	Namespace, JobID string
	JobVersion       uint64
	Job              json.RawMessage
}

// find asks for allocations whose job is not known, one after the other. One
// answer often settles many: it leads to a job, whose list has the others.
func (c *Client) find(ctx context.Context) {
	for ctx.Err() == nil {
		id := c.nextUnknown(time.Now())
		if id == "" {
			return
		}
		a, err := c.locate(ctx, id)
		var said *Error
		if errors.As(err, &said) && said.Status == http.StatusNotFound {
			c.log.Debug("Nomad does not know an allocation", "allocation", id)
			continue
		}
		c.found(ctx, a, err)
		return // the list of its job comes first
	}
}

// found follows the job of an allocation. The first of several errors is logged.
func (c *Client) found(ctx context.Context, a located, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.want(jobID{a.Namespace, a.JobID})
	} else if !c.away && ctx.Err() == nil {
		c.log.Warn("Nomad cannot be asked for the jobs of allocations", "error", err)
	}
	c.away = err != nil
}

func (c *Client) locate(ctx context.Context, id string) (a located, err error) {
	_, err = c.Get(ctx, "/v1/allocation/"+url.PathEscape(id), url.Values{}, 0, &a)
	return a, err
}

// nextUnknown is an allocation that may be asked for now; empty when there is
// none. It waits while a job is read for the first time, which may have it.
func (c *Client) nextUnknown(now time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, j := range c.jobs {
		if j.allocations == nil && j.problem == nil {
			return ""
		}
	}
	for id, u := range c.unknown {
		if c.jobOf(id) != nil {
			delete(c.unknown, id)
		} else if !now.Before(u.next) {
			u.next = now.Add(notFoundFor)
			return id
		}
	}
	return ""
}
