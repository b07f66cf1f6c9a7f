package admin

import (
	"testing"

	"weir/route"
)

// TestACommandThatAsksForARoute is one that does nothing else, whatever a tag holds.
func TestACommandThatAsksForARoute(t *testing.T) {
	listeners := []Entrance{{Addr: "10.0.0.1:9999", Proto: "http"}, {Addr: "10.0.0.1:443", Proto: "tcp+sni"}}
	for tag, want := range map[string]string{
		"app.test/":               "curl -H 'Host: app.test' 'http://10.0.0.1:9999/'",
		"/api":                    "curl 'http://10.0.0.1:9999/api'",
		"app.test/ proto=tcp+sni": "curl --connect-to 'app.test:443:10.0.0.1:443' 'https://app.test:443/'",
		"app.test/';reboot;'":     `curl -H 'Host: app.test' 'http://10.0.0.1:9999/'\'';reboot;'\'''`,
		"*.app.test/":             "",
		":7000 proto=tcp":         "",
	} {
		table, _ := route.Build(route.Input{Instances: []route.Instance{{
			Service: "web", ID: "1", Address: "10.0.0.2", Port: 80, Up: true, Tags: []string{"urlprefix-" + tag},
		}}})
		a := &Admin{Entrances: func() []Entrance { return listeners }}
		routes := table.Routes()
		if len(routes) != 1 {
			t.Errorf("%s: %d routes", tag, len(routes))
			continue
		}
		if got := a.curl(routes[0]); got != want {
			t.Errorf("%s:\n%s, want\n%s", tag, got, want)
		}
	}
}
