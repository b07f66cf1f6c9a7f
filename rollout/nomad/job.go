package nomad

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
)

// job is what is known of one job. Client.mu guards it; id, ctx and stop do not
// change while it is followed.
type job struct {
	id    jobID
	ctx   context.Context // ends when the job is not followed any more
	stop  context.CancelFunc
	asked time.Time // when somebody asked about it last

	allocations map[string]stub // by ID; nil: not read yet
	deployments []deployment
	versions    map[uint64]version
	created     uint64           // index at which the job was created, as the versions tell
	problem     map[string]error // why reads fail now, by what was to be read
}

// allocation is one of the job; false when it is not known what it runs.
func (j *job) allocation(id string) (detect.Allocation, bool) {
	s := j.allocations[id]
	v, ok := j.versions[s.JobVersion]
	if !ok {
		return detect.Allocation{}, false
	}
	return detect.Allocation{
		Nomad: detect.Nomad{Namespace: j.id.namespace, Job: j.id.name, Group: s.TaskGroup, JobVersion: s.JobVersion,
			Spec: v[s.TaskGroup].spec, Deployment: j.deploymentOf(s.JobVersion)},
		Canary: s.DeploymentStatus.Canary, Healthy: s.DeploymentStatus.Healthy,
	}, true
}

// deploymentOf is the ID of a job version's deployment; empty when it has none.
func (j *job) deploymentOf(version uint64) string {
	for i := range j.deployments {
		if j.deployments[i].JobVersion == version {
			return j.deployments[i].ID
		}
	}
	return ""
}

// maxVersions is how many versions are kept for nothing; Nomad itself lists 6,
// unless it is told to list more.
const maxVersions = 100

// forgetVersions drops those that no allocation and no deployment has.
func (j *job) forgetVersions() {
	if len(j.versions) <= maxVersions {
		return
	}
	used := map[uint64]bool{}
	for _, a := range j.allocations {
		used[a.JobVersion] = true
	}
	for i := range j.deployments {
		used[j.deployments[i].JobVersion] = true
	}
	maps.DeleteFunc(j.versions, func(number uint64, _ version) bool { return !used[number] })
}

// latest leaves one deployment of each job version, the last that Nomad made.
func latest(list []deployment) (kept []deployment) {
	slices.SortFunc(list, func(a, b deployment) int {
		return cmp.Or(cmp.Compare(a.JobVersion, b.JobVersion), cmp.Compare(b.CreateIndex, a.CreateIndex))
	})
	return slices.CompactFunc(list, func(a, b deployment) bool { return a.JobVersion == b.JobVersion })
}

// describe is what a deployment means for a task group.
func (j *job) describe(d *deployment, group string) *rollout.Deployment {
	g, version := d.TaskGroups[group], j.versions[d.JobVersion][group]
	to := &rollout.Deployment{
		Nomad:  detect.Nomad{Namespace: j.id.namespace, Job: j.id.name, Group: group, JobVersion: d.JobVersion, Spec: version.spec, Deployment: d.ID},
		Status: d.Status, Description: d.StatusDescription, Promoted: g.Promoted, CanariesWanted: g.DesiredCanaries,
		Updates: version.updates, AutoRevert: d.revertsItself(), Problem: j.problems(),
	}
	for _, id := range g.PlacedCanaries {
		if a := j.allocations[id]; a.isUp() && a.DeploymentStatus.Healthy {
			to.CanariesHealthy++
		}
	}
	return to
}

// revertsItself reports whether Nomad goes back to a stable version when the
// deployment fails. One group that wants it takes the whole job back, and Nomad
// says so where it cannot.
func (d *deployment) revertsItself() bool {
	cannot := strings.Contains(d.StatusDescription, "no stable job version") || strings.Contains(d.StatusDescription, "not rolling back")
	for _, g := range d.TaskGroups {
		if g.AutoRevert && !cannot {
			return true
		}
	}
	return false
}

// problems says why what is known may be old; empty when it is not.
func (j *job) problems() string {
	for _, what := range []string{allocations, deployments} {
		if err := j.problem[what]; err != nil {
			return fmt.Sprintf("what is known may be old: %v", err)
		}
	}
	return ""
}
