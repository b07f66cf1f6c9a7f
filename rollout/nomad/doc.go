// Package nomad tells a controller what Nomad knows of the allocations and
// deployments behind instances, and does in Nomad what a rollout decides.
//
// Only jobs that were asked about are followed: an allocation leads to its job,
// and that job's allocations and deployments are watched by blocking queries
// until nobody has asked for a minute. So one proxy of a fleet, the leader,
// talks to Nomad. All reads answer from memory.
//
// A token needs the capability read-job in the namespaces of the jobs; to let
// weir act, submit-job, or the narrower promote-deployment, fail-deployment and
// revert-job where Nomad has them.
package nomad
