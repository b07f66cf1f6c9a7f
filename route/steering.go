package route

// Steering is what rollouts make of a set of instances.
type Steering struct {
	Instances   []Instance // the same, with the variants that rollouts tell apart
	Intents     []Intent
	Generations map[Scope]uint64 // of the states that it follows
	Trials      map[Scope]*Trial
	Closed      map[Scope]bool // nobody stands in for stable there
	Drains      []Drain
	Overruled   []Scope // whose intents of people do not count now
	Problems    []Problem
}
