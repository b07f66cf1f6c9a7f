package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"weir/registry"
)

func TestTagPrefixes(t *testing.T) {
	for _, c := range []struct{ prefixes, tags, want string }{
		{"urlprefix-", "v1 urlprefix-a/", "[v1 urlprefix-a/] true"},
		{"urlprefix-", "v1 weir-a/", "[v1 weir-a/] false"},
		{"urlprefix- weir-", "weir-a/ v1 urlprefix-b/", "[urlprefix-a/ v1 urlprefix-b/] true"},
		{"weir- urlprefix-", "urlprefix-b/", "[weir-b/] true"},
		{"u- u-u-", "u-u-a/ u-b/", "[u-a/ u-b/] true"},
		{"u-u- u-", "u-u-a/ u-b/", "[u-u-a/ u-u-b/] true"},
		{"u-", "", "[] false"},
	} {
		tags := strings.Fields(c.tags)
		given := slices.Clone(tags)
		same, routes := registry.TagPrefixes(strings.Fields(c.prefixes)).Of(tags)
		if got := fmt.Sprint(same, routes); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.prefixes, c.tags, got, c.want)
		}
		if !slices.Equal(tags, given) {
			t.Errorf("%s of %s changed what it was given to %q", c.prefixes, c.tags, tags)
		}
	}
}
