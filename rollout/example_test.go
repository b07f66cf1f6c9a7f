package rollout_test

import (
	"fmt"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// A leader gives what it sees, and anybody gives commands.
func ExampleNext() {
	p, err := policy.Parse([]byte("service: web\nsteps: [{set_weight: 10%}, {pause: {}}, {promote: {}}]"))
	if err != nil {
		panic(err)
	}
	s := rollout.New(p.Scope())
	in := rollout.Input{By: "edge-1", Leader: true, Elapsed: 5 * time.Second, Policy: &p, Fresh: "r2"}
	in.Seen = detect.Seen{{Key: "v1", Up: 3, All: 3, OnRoute: 3}, {Key: "v2", Up: 1, All: 1, OnRoute: 1}}
	for range 6 {
		in.Proxies = []rollout.Proxy{{Name: "edge-1", Generation: s.Generation}}
		s, _ = rollout.Next(s, in)
		fmt.Println(s.Phase, s.Candidate.Key, s.Weight)
	}
	s, _ = rollout.Next(s, rollout.Input{Command: &rollout.Command{Verb: rollout.Abort, By: "alice", Reason: "demo"}})
	shares, _ := s.Intent()
	fmt.Println(s.Phase, s.Message, shares.Shares["stable"] == route.Full)
	// Output:
	// healthy  0%
	// healthy  0%
	// preview v2 0%
	// progressing v2 10%
	// paused v2 10%
	// paused v2 10%
	// aborting aborted by alice: demo true
}
