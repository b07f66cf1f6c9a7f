// Package nomadstory plays deployments of a Nomad job, from the job file of the
// blog posts on, against a real weir process and a real Consul agent with real
// instances, while clients go on and the versions that answer them are counted.
//
// Nomad itself cannot be run here. What stands in for it answers from what a
// real Nomad 2.0.6 answered while it did the same: its lists of allocations and
// deployments are in rollout/nomad/testdata, what Consul showed at the same
// moment is in testdata/services. Two moments that nobody had asked Nomad about
// are put together from its event stream, 11-canary and 12-bad-version.
package nomadstory
