// Package route turns what runs (instances with tags), what operators wrote
// (route commands) and what people or rollouts asked for (intents) into an
// immutable table, finds the route of a request or connection in it, and picks
// a target.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O. The same
// Input always builds the same Table.
package route

import "strings"

// Instance is one registration of a service: what a registry knows about one
// process that may get traffic.
type Instance struct {
	Service    string            // service name in the registry
	ID         string            // registration ID, unique per Node
	Node       string            // registry node the instance runs on
	Datacenter string            // expands $DC in tags
	Address    string            // host or IP, without port
	Port       int               // 1 to 65535
	Tags       []string          // all tags, route tags and others
	Meta       map[string]string // service meta
	Variant    string            // of all its targets, whatever tags and meta say; empty: as they say. Rollouts set it
	// Apart are further routes of the instance, each a Tag in text form, on hosts
	// that nobody else has: where one has, the route is a problem and not made.
	// Rollouts set them.
	Apart []string
	// Up is false for an instance that is known but must get no traffic. Its
	// routes exist all the same, so that they answer 503 and not 404.
	Up bool
}

// sortTags splits route tags and others.
func (in *Instance) sortTags(prefix string) (routes, others []string) {
	for _, tag := range in.Tags {
		tag = strings.TrimSpace(tag)
		if strings.HasPrefix(tag, prefix) {
			routes = append(routes, tag)
		} else {
			others = append(others, splitTags(tag)...)
		}
	}
	return routes, others
}

// target is the instance as the route of a tag uses it, not complete yet.
func (in *Instance) target(tag string, others []string) *Target {
	return &Target{service: in.Service, instance: in.ID, node: in.Node, up: in.Up, tags: others, origin: "tag", text: clip(tag, maxTag)}
}

// identify says what the instance is for all its routes.
func (in *Instance) identify(others []string) (id identity, notes []note) {
	id, notes = identify(others, in.Meta)
	if in.Variant != "" {
		id.variant, id.given = in.Variant, true
	}
	return id, notes
}

// Commands is a text in the route command language (route add|del|weight, one
// command a line) and where it came from.
type Commands struct {
	Source string // shown in problems: "kv fabio/config/canary", "file routes.txt"
	Text   string
}

// Problem is one tag, command line or intent that had no effect or not the
// whole effect, and why. Everything around it still works.
type Problem struct {
	Source   string // "tag", the Source of Commands with ":LINE", "intent", or "route" when it is about a route's weights together
	Service  string // empty when unknown
	Instance string // service ID; empty when not about an instance
	Text     string // the offending text, as it was read
	Reason   string // names the value and what was expected
}
