package nomad

import (
	"encoding/json"
	"time"

	"weir/rollout/detect"
)

// version is what counts of one version of a job, by task group.
type version map[string]struct {
	spec    string      // see detect.Fingerprint
	updates *detect.Job // what it says of updates
}

// taskGroup is what is read of a task group.
type taskGroup struct {
	Name          string
	Count         int
	ShutdownDelay time.Duration
	Update        struct {
		AutoPromote bool
		Canary      int
	}
	Services []service
	Tasks    []struct {
		ShutdownDelay time.Duration
		Services      []service
	}
}

type service struct{ CanaryTags []string }

// readVersion reads a job as the API gives it.
func readVersion(job json.RawMessage) (number, created uint64, v version, err error) {
	var head struct {
		Version     uint64
		CreateIndex uint64
		TaskGroups  []taskGroup
	}
	if err := json.Unmarshal(job, &head); err != nil {
		return 0, 0, nil, err
	}
	v = version{}
	groups := 0
	for i := range head.TaskGroups {
		if head.TaskGroups[i].Update.Canary > 0 {
			groups++
		}
	}
	for i := range head.TaskGroups {
		g := &head.TaskGroups[i]
		one := v[g.Name]
		one.updates = g.updates(groups)
		if one.spec, err = detect.Fingerprint(job, g.Name); err != nil {
			return 0, 0, nil, err
		}
		v[g.Name] = one
	}
	return head.Version, head.CreateIndex, v, nil
}

// updates is what the group says of updates, in a job of which so many groups
// have canaries.
func (g *taskGroup) updates(groups int) *detect.Job {
	job := &detect.Job{AutoPromote: g.Update.AutoPromote, Canary: g.Update.Canary, Count: g.Count, ShutdownDelay: g.ShutdownDelay, Groups: groups}
	services := g.Services
	for i := range g.Tasks {
		job.ShutdownDelay = max(job.ShutdownDelay, g.Tasks[i].ShutdownDelay)
		services = append(services, g.Tasks[i].Services...)
	}
	for i := range services {
		job.CanaryTags = job.CanaryTags || len(services[i].CanaryTags) > 0
	}
	return job
}
