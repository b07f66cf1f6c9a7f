package consul

import (
	"fmt"
	"strings"
	"testing"

	"weir/registry"
)

// dump is a catalog of one node with one service web-1 that has these checks.
// A check is written as ID:status, with the prefix "node/" for one of the node.
func dump(checks string) []node {
	n := node{Node: "n1", Address: "10.0.0.1", Services: []service{
		{ID: "web-1", Service: "web", Port: 80, Tags: []string{"urlprefix-a/", "v1"}, Meta: map[string]string{"version": "1"}},
	}}
	for _, text := range strings.Fields(checks) {
		id, status, _ := strings.Cut(text, "=")
		c := check{CheckID: id, Status: status, ServiceID: "web-1"}
		if of, ok := strings.CutPrefix(id, "node/"); ok {
			c.CheckID, c.ServiceID = of, ""
		}
		n.Checks = append(n.Checks, c)
	}
	return []node{n}
}

func TestChecksSayWhatIsUp(t *testing.T) {
	for _, c := range []struct {
		name, checks, status string
		one, all             string // up, down or none at all
	}{
		{"passing", "a=passing", "passing", "up", "up"},
		{"warning", "a=warning", "passing", "down", "down"},
		{"warning is good enough", "a=warning", "passing warning", "up", "up"},
		{"critical", "a=critical", "passing", "down", "down"},
		{"one of two", "a=passing b=critical", "passing", "up", "down"},
		{"two of two", "a=passing b=passing", "passing", "up", "up"},
		{"no check", "", "passing", "none", "none"},
		{"only a check of the node", "node/serfHealth=passing node/disk=passing", "passing", "none", "none"},
		{"the agent is away", "a=passing node/serfHealth=critical", "passing", "down", "down"},
		{"another check of the node fails", "a=passing node/serfHealth=passing node/disk=critical", "passing", "up", "up"},
		{"node in maintenance", "a=passing node/_node_maintenance=critical", "passing", "down", "down"},
		{"service in maintenance", "a=passing _service_maintenance:web-1=critical", "passing", "down", "down"},
		{"maintenance is no check of its own", "_service_maintenance:web-1=critical", "passing", "none", "none"},
		{"critical may get traffic, maintenance not", "a=critical _service_maintenance:web-1=critical", "critical", "down", "down"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for all, want := range map[bool]string{false: c.one, true: c.all} {
				r := rules{prefix: registry.TagPrefixes{"urlprefix-"}, status: strings.Fields(c.status), all: all}
				got := "none"
				if list := r.instances(dump(c.checks), "dc1"); len(list) == 1 {
					got = map[bool]string{true: "up", false: "down"}[list[0].Up]
				}
				if got != want {
					t.Errorf("%s is %s, want %s (all checks: %v)", c.checks, got, want, all)
				}
			}
		})
	}
}

func TestOnlyServicesWithARouteTagAreInstances(t *testing.T) {
	ok := []check{{CheckID: "a", Status: "passing", ServiceID: "1"}, {CheckID: "b", Status: "passing", ServiceID: "2"}}
	tags := []string{"x", "urlprefix-a/"}
	nodes := []node{
		{Node: "n2", Address: "10.0.0.2", Checks: ok, Services: []service{
			{ID: "1", Service: "web", Port: 80, Tags: tags},
			{ID: "2", Service: "api", Port: 81, Tags: tags, Address: "10.9.9.9"},
		}},
		{Node: "n1", Address: "10.0.0.1", Checks: ok, Services: []service{
			{ID: "1", Service: "web", Port: 80, Tags: tags},
			{ID: "2", Service: "plain", Port: 80, Tags: []string{"x", "other-urlprefix-a/"}},
		}},
		{Node: "n3", Address: "10.0.0.3", Checks: ok, Services: []service{
			{ID: "1", Service: "web-sidecar-proxy", Kind: "connect-proxy", Port: 80, Tags: tags},
		}},
		{Node: "n4", Address: "10.0.0.4", PeerName: "far", Checks: ok, Services: []service{{ID: "1", Service: "web", Port: 80, Tags: tags}}},
	}
	var got []string
	for _, in := range (rules{prefix: registry.TagPrefixes{"urlprefix-"}, status: []string{"passing"}}).instances(nodes, "dc7") {
		got = append(got, fmt.Sprintf("%s %s %s %s:%d %s %v", in.Service, in.Node, in.ID, in.Address, in.Port, in.Datacenter, in.Up))
	}
	want := "api n2 2 10.9.9.9:81 dc7 true\nweb n1 1 10.0.0.1:80 dc7 true\nweb n2 1 10.0.0.2:80 dc7 true"
	if strings.Join(got, "\n") != want {
		t.Errorf("instances\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
