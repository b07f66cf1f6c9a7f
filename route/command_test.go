package route_test

import (
	"strconv"
	"strings"
	"testing"

	"weir/route"
)

func TestLongLineHarmsOnlyItself(t *testing.T) {
	long := "route add s b.test/ http://b:1/ opts \"x=" + strings.Repeat("x", 64<<10) + "\""
	text := "route add s a.test/ http://a:1/\n" + long + "\r\nroute add s c.test/ http://c:1/"
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "kv", Text: text}}})
	if len(table.Routes()) != 2 || len(problems) != 1 || problems[0].Source != "kv:2" || !strings.Contains(problems[0].Reason, "bytes long") {
		t.Errorf("got\n%s%v", table, problems)
	}
}

// FuzzCommands: a bad line never changes what the other lines make, and what a
// table prints makes the same table.
func FuzzCommands(f *testing.F) {
	for _, s := range []string{
		"route add s a.test/ http://a:1/\nroute add s a.test/ http://b:1/ weight 0.5 tags \"x,y\" opts \"strip=/a\"\nroute weight s a.test/ weight 20% tags \"x\"",
		"# c\n\nroute del s\nroute del s a.test/ http://a:1/\nroute del tags \"x\"\nroute del s tags \"x\"",
		"route weight a.test/ weight 0.1 tags \"x\"\nroute add s :80 tcp://a:1\nnonsense",
		"route add s a.test/ https://b.test$path opts \"redirect=301 variant=x version=1\"\n\"\nroute\tadd\ts\t/\thttp://a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		build := func(text string) (*route.Table, []route.Problem) {
			return route.Build(route.Input{Commands: []route.Commands{{Source: "kv", Text: text}}})
		}
		table, _ := build(text)
		lines := strings.Split(text, "\n")
		for _, p := range route.CheckCommands(route.Commands{Source: "kv", Text: text}, route.Options{}) {
			n, err := strconv.Atoi(strings.TrimPrefix(p.Source, "kv:"))
			if err != nil {
				t.Fatal(err)
			}
			lines[n-1] = ""
		}
		if good, _ := build(strings.Join(lines, "\n")); good.String() != table.String() {
			t.Fatalf("with bad lines:\n%s\nwithout:\n%s", table, good)
		}
		out := table.Commands()
		if again, problems := build(out); again.String() != table.String() && !repeats(out) {
			t.Fatalf("made:\n%s\nand again:\n%s%v", table, again, problems)
		}
	})
}

// repeats reports whether two targets were made equal by a route weight.
func repeats(commands string) bool {
	seen := map[string]bool{}
	for line := range strings.Lines(commands) {
		line, _, _ = strings.Cut(line, ` opts "`)
		if seen[line] {
			return true
		}
		seen[line] = true
	}
	return false
}
