package route_test

import (
	"testing"

	"weir/route"
)

func TestNamed(t *testing.T) {
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Text: `route add a */ tcp://127.0.0.1:1
route add b *.below.test/ tcp://127.0.0.1:1
route add c path.below.test/x http://127.0.0.1:1
route add d port.test:443/x http://127.0.0.1:1
route add e port.test/ tcp://127.0.0.1:1
route add f /x http://127.0.0.1:1`}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, want := range map[string]string{
		"any.test": "*/", "a.below.test": "*.below.test/", "path.below.test": "", "port.test": "port.test/", "": "",
	} {
		got := ""
		if r := table.Named(name); r != nil {
			got = r.Host() + r.Path()
		}
		if got != want {
			t.Errorf("%q is for %q, want %q", name, got, want)
		}
	}
}
