package route_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"weir/route"
)

// TestApart gives the candidate of web a host of its own beside what others have.
func TestApart(t *testing.T) {
	candidate := func(apart string, tags ...string) route.Instance {
		return route.Instance{Service: "web", ID: "c", Address: "10.0.0.9", Port: 80, Up: true, Variant: "canary",
			Tags: append(tags, "urlprefix-app.test/ weight=0.1", "blue"), Apart: []string{apart}}
	}
	other := func(service string, tags ...string) route.Instance {
		return route.Instance{Service: service, ID: service, Address: "10.0.0.1", Port: 80, Up: true, Variant: "stable", Tags: tags}
	}
	const line = "canary.app.test/  web/canary  100%  10.0.0.9:80  variant=canary"
	for name, c := range map[string]struct {
		instances []route.Instance
		commands  string
		line      string // of the isolated host
		problem   string
	}{
		"beside stable":               {[]route.Instance{candidate("canary.app.test/ weight=0.1"), other("web", "urlprefix-app.test/")}, "", line, ""},
		"it has it by a tag":          {[]route.Instance{candidate("canary.app.test/", "urlprefix-canary.app.test/")}, "", line, ""},
		"another service has it":      {[]route.Instance{candidate("canary.app.test/"), other("shop", "urlprefix-canary.app.test/")}, "", "canary.app.test/  shop/stable  100%  10.0.0.1:80  variant=stable", "shop has it already"},
		"another service has a path":  {[]route.Instance{candidate("canary.app.test/"), other("shop", "urlprefix-canary.app.test/shop")}, "", "canary.app.test/shop  shop/stable  100%  10.0.0.1:80  variant=stable", "shop has it already"},
		"another service has a port":  {[]route.Instance{candidate("canary.app.test/"), other("shop", "urlprefix-canary.app.test:80/")}, "", "canary.app.test:80/  shop/stable  100%  10.0.0.1:80  variant=stable", "shop has it already"},
		"stable has it":               {[]route.Instance{candidate("canary.app.test/"), other("web", "urlprefix-canary.app.test/")}, "", "canary.app.test/  web/stable  100%  10.0.0.1:80  variant=stable", "web has it already"},
		"a command made it":           {[]route.Instance{candidate("canary.app.test/")}, "route add shop canary.app.test/ http://10.0.0.2:80/", "canary.app.test/  shop/stable  100%  10.0.0.2:80", "shop has it already"},
		"a wildcard is less specific": {[]route.Instance{candidate("canary.app.test/"), other("shop", "urlprefix-*.app.test/")}, "", line, ""},
		"a redirect leads to nobody":  {[]route.Instance{candidate("canary.app.test/ redirect=301,https://app.test/")}, "", "", ""},
		"TLS that is passed through":  {[]route.Instance{candidate("canary.app.test/ proto=tcp+sni")}, "", "canary.app.test/  web/canary  100%  tcp://10.0.0.9:80  variant=canary", ""},
		"the host is too long":        {[]route.Instance{candidate("canary." + strings.Repeat("a", 300) + ".test/")}, "", "", "at most 255"},
	} {
		table, problems := route.Build(route.Input{Instances: c.instances, Commands: []route.Commands{{Source: "kv", Text: c.commands}}})
		var lines []string
		for l := range strings.Lines(table.String()) {
			if strings.HasPrefix(l, "canary.") {
				lines = append(lines, strings.TrimSpace(l))
			}
		}
		if got := strings.Join(lines, "\n"); got != c.line {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.line)
		}
		reported := slices.ContainsFunc(problems, func(p route.Problem) bool {
			return p.Instance == "c" && c.problem != "" && strings.Contains(p.Reason, c.problem)
		})
		if reported != (c.problem != "") {
			t.Errorf("%s: problems %v, want %q", name, problems, c.problem)
		}
	}
}

// TestApartFollowsNoIntent although the candidate has nothing elsewhere.
func TestApartFollowsNoIntent(t *testing.T) {
	scope := route.Scope{Kind: "service", Name: "web"}
	in := route.Input{
		Intents: []route.Intent{{Scope: scope, Shares: map[string]route.Weight{"canary": 0, "stable": route.Full}}},
		Trials:  map[route.Scope]*route.Trial{scope: {Candidate: "canary"}},
	}
	for i, variant := range []string{"canary", "canary", "stable"} {
		web := route.Instance{Service: "web", ID: fmt.Sprint(i), Address: fmt.Sprint("10.0.0.", i), Port: 80, Up: true, Variant: variant, Tags: []string{"urlprefix-app.test/"}}
		if variant == "canary" {
			web.Apart = []string{"canary.app.test/"}
		}
		in.Instances = append(in.Instances, web)
	}
	table, problems := route.Build(in)
	r := table.HTTP("canary.app.test", "/", false)
	if r == nil || len(problems) > 0 {
		t.Fatalf("%v, problems %v", table, problems)
	}
	if trial, _ := r.Trial(); trial != nil || len(r.Variants()) != 1 || r.Variants()[0].Share != 1 {
		t.Errorf("trial %v, %+v", trial, r.Variants())
	}
}
