package nomad

import (
	"encoding/json"

	"weir/rollout/detect"
)

// What is read of Nomad's answers.

// stub is an allocation in the list of a job.
type stub struct {
	ID               string
	JobVersion       uint64
	TaskGroup        string
	ClientStatus     string
	DesiredStatus    string
	DeploymentStatus struct {
		Canary  bool
		Healthy bool // false, too, while Nomad does not know
	}
}

// isUp reports whether the allocation runs and is to go on.
func (s *stub) isUp() bool { return s.ClientStatus == "running" && s.DesiredStatus == "run" }

// isOver reports whether the allocation will never run again.
func (s *stub) isOver() bool {
	return s.ClientStatus == "complete" || s.ClientStatus == "failed" || s.ClientStatus == "lost"
}

type deployment struct {
	ID                string
	Namespace         string
	JobID             string
	JobVersion        uint64
	JobCreateIndex    uint64
	CreateIndex       uint64
	Status            string
	StatusDescription string
	TaskGroups        map[string]struct {
		AutoRevert      bool
		Promoted        bool
		PlacedCanaries  []string
		DesiredCanaries int
	}
}

// version is what counts of one version of a job, by task group.
type version map[string]struct {
	spec        string // see detect.Fingerprint
	autoPromote bool
}

// readVersion reads a job as the API gives it.
func readVersion(job json.RawMessage) (number, created uint64, v version, err error) {
	var head struct {
		Version     uint64
		CreateIndex uint64
		TaskGroups  []struct {
			Name   string
			Update struct{ AutoPromote bool }
		}
	}
	if err := json.Unmarshal(job, &head); err != nil {
		return 0, 0, nil, err
	}
	v = version{}
	for _, g := range head.TaskGroups {
		one := v[g.Name]
		one.autoPromote = g.Update.AutoPromote
		if one.spec, err = detect.Fingerprint(job, g.Name); err != nil {
			return 0, 0, nil, err
		}
		v[g.Name] = one
	}
	return head.Version, head.CreateIndex, v, nil
}
