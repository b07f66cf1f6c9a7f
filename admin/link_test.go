package admin

import (
	"testing"

	"weir/route"
)

func TestLinks(t *testing.T) {
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: `
route add a a.test/x http://10.0.0.1:80/
route add b /y http://10.0.0.1:80/
route add c *.c.test/ http://10.0.0.1:80/
route add d d.test:81/ http://10.0.0.1:80/
route add e :9000 tcp://10.0.0.1:80`}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		links Links
		want  map[string]string
	}{
		{Links{Scheme: "http"}, map[string]string{"a.test/x": "http://a.test/x", "d.test:81/": "http://d.test:81/"}},
		{Links{Scheme: "https", Host: "edge.test", Port: "8443"}, map[string]string{
			"a.test/x": "https://a.test:8443/x", "/y": "https://edge.test:8443/y", "d.test:81/": "https://d.test:81/"}},
	} {
		a := &Admin{Links: &c.links}
		for _, r := range table.Routes() {
			got := ""
			if l := a.link(r); l != nil {
				got = l.URL
			}
			if got != c.want[r.Key()] {
				t.Errorf("%+v: %s leads to %q, want %q", c.links, r.Key(), got, c.want[r.Key()])
			}
		}
	}
}
