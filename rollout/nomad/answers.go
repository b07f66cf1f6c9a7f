package nomad

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
