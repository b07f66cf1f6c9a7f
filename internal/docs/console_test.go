package docs

import (
	"reflect"
	"strings"
	"testing"
)

func TestSteps(t *testing.T) {
	doc := "# x\n<!-- start: weir demo -->\n```console\n$ one \\\n  more\nout\n...\n$ two\n```\n```\n$ not run\n```\n"
	want := []Step{
		{Line: 2, Start: true, Command: "weir demo"},
		{Line: 4, Command: "one \\\n  more", Want: []string{"out", "..."}},
		{Line: 8, Command: "two"},
	}
	got, err := Steps(strings.NewReader(doc))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Steps = %+v, %v", got, err)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		want, got string
		ok        bool
	}{
		{"a|b", "a|b", true},
		{"a|b", "a", false},
		{"a", "a|b", false},
		{"a|...|c", "a|b|b|c", true},
		{"...", "", true},
		{"  98 v2", " 102  v2", true},
		{"v1", "v2", false},
		{"web-1 at 25%", "web-3 at 26.5%", true},
	} {
		lines := func(s string) []string {
			return strings.FieldsFunc(s, func(r rune) bool { return r == '|' })
		}
		if got := Matches(lines(c.want), lines(c.got)); got != c.ok {
			t.Errorf("Matches(%q, %q) = %v", c.want, c.got, got)
		}
	}
}
