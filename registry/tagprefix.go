package registry

import (
	"slices"
	"strings"
)

// TagPrefixes are what route tags begin with: at least one, none empty. Tables
// know only the first, so sources write it in place of the others.
type TagPrefixes []string

// Of returns the tags as a table reads them, and whether there is a route tag
// among them. The caller must not change them.
func (p TagPrefixes) Of(tags []string) (same []string, routes bool) {
	same = tags
	for i, tag := range tags {
		prefix := p.of(tag)
		if prefix == "" {
			continue
		}
		if routes = true; prefix == p[0] {
			continue
		}
		if &same[0] == &tags[0] {
			same = slices.Clone(tags) // what a source was told may be used again
		}
		same[i] = p[0] + tag[len(prefix):]
	}
	return same, routes
}

// of is the longest prefix that tag has; empty when it has none.
func (p TagPrefixes) of(tag string) (longest string) {
	for _, prefix := range p {
		if len(prefix) > len(longest) && strings.HasPrefix(tag, prefix) {
			longest = prefix
		}
	}
	return longest
}
