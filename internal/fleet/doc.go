// Package fleet tries a fleet: five processes of weir, a real Consul agent, live
// traffic, a rollout, and what goes wrong around it: leaders that are killed,
// proxies that are cut off, documents that are damaged. Its benchmark measures how
// long a change takes until every proxy routes by it:
//
//	go test -run '^$' -bench . -benchtime 200x ./internal/fleet
package fleet
