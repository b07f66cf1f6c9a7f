package registry

import (
	"slices"

	"weir/route"
)

// Try builds the table that there would be if in were asked for its scope, or
// nothing if it has no shares, and leaves everything as it is. While a rollout
// has the scope, what it does without the intent of a person is not foreseen.
// It is nil before the first table.
func (p *Publisher) Try(in route.Intent) *route.Table {
	made := p.made.Load()
	if made == nil {
		return nil
	}
	with := *made
	with.Intents = slices.DeleteFunc(slices.Clone(made.Intents), func(i route.Intent) bool { return i.Scope == in.Scope })
	if len(in.Shares) > 0 {
		with.Intents = append(with.Intents, in)
	}
	table, _ := route.Build(with)
	return table
}
