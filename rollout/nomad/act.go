package nomad

import (
	"context"
	"fmt"
	"net/url"

	"weir/rollout/detect"
)

// Promote implements controller.Nomad. It promotes the task group alone, and
// does nothing where that is promoted.
func (c *Client) Promote(ctx context.Context, n detect.Nomad) error {
	d, err := c.deployment(ctx, n)
	if err != nil {
		return err
	}
	if g := d.TaskGroups[n.Group]; g.Promoted || d.Status == "successful" {
		return nil
	}
	return c.post(ctx, "/v1/deployment/promote/"+url.PathEscape(d.ID), in(n), map[string]any{
		"DeploymentID": d.ID, "Groups": []string{n.Group},
	})
}

// Fail implements controller.Nomad. It does nothing where the deployment has
// failed or was cancelled.
func (c *Client) Fail(ctx context.Context, n detect.Nomad) error {
	d, err := c.deployment(ctx, n)
	if err != nil {
		return err
	}
	switch d.Status {
	case "failed", "cancelled":
		return nil
	case "successful":
		return fmt.Errorf("nomad: deployment %s is successful, and cannot be failed", d.ID)
	}
	return c.post(ctx, "/v1/deployment/fail/"+url.PathEscape(d.ID), in(n), map[string]any{"DeploymentID": d.ID})
}

// Revert implements controller.Nomad. It does nothing where the job has gone on
// from the candidate's version; should that happen meanwhile, Nomad refuses.
func (c *Client) Revert(ctx context.Context, stable, candidate detect.Nomad) error {
	path := "/v1/job/" + url.PathEscape(candidate.Job)
	var now struct{ Version uint64 }
	if _, err := c.Get(ctx, path, in(candidate), 0, &now); err != nil {
		return err
	}
	switch {
	case stable.Job != candidate.Job || stable.Namespace != candidate.Namespace:
		return fmt.Errorf("nomad: job %s cannot be reverted to a version of job %s", candidate.Job, stable.Job)
	case now.Version != candidate.JobVersion:
		return nil
	}
	return c.post(ctx, path+"/revert", in(candidate), map[string]any{
		"JobID": candidate.Job, "JobVersion": stable.JobVersion, "EnforcePriorVersion": candidate.JobVersion,
	})
}

// deployment reads the deployment now. An error, too, is one of another job
// version: what was decided is not about it.
func (c *Client) deployment(ctx context.Context, n detect.Nomad) (d deployment, err error) {
	if _, err := c.Get(ctx, "/v1/deployment/"+url.PathEscape(n.Deployment), in(n), 0, &d); err != nil {
		return d, err
	}
	if d.JobID != n.Job || d.JobVersion != n.JobVersion {
		err = fmt.Errorf("nomad: deployment %s is of version %d of job %s, want version %d of %s", n.Deployment, d.JobVersion, d.JobID, n.JobVersion, n.Job)
	}
	return d, err
}

// in is the query of calls in the namespace.
func in(n detect.Nomad) url.Values { return url.Values{"namespace": {n.Namespace}} }
