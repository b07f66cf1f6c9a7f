package fabio

import (
	"strings"
	"testing"

	"weir/route"
)

func TestParseNames(t *testing.T) {
	for _, c := range []struct{ prefix, target, want, err string }{
		{"{{clean .Hostname}}.{{clean .Exec}}", "{{.Service}}", "a_test.weir", ""},
		{"default", "{{.Service}}", "a_test.weir", ""},
		{"edge", "{{clean .TargetURL.Host}}", "edge", ""},
		{"{{.Host}}", "x", "", "metrics.prefix"},
		{"{{", "x", "", "metrics.prefix"},
		{"x", "{{.Port}}", "", "metrics.names"},
		{"x", "{{nothing .Service}}", "", "metrics.names"},
	} {
		n, err := ParseNames(c.prefix, c.target, "a.test", "weir")
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q, %q: %v, want an error that names %s", c.prefix, c.target, err, c.err)
		case c.err == "" && (err != nil || n.prefix != c.want):
			t.Errorf("%q, %q: %v, want the prefix %q", c.prefix, c.target, err, c.want)
		}
	}
}

func TestSeriesOfWhatIsGoneAreDeleted(t *testing.T) {
	o := world(t)
	happen(o)
	gone := o.sweep(nil)
	if len(gone) != 0 {
		t.Errorf("%v is gone, and the table has it", gone)
	}
	empty, _ := route.Build(route.Input{})
	o.config.Live.Store(empty)
	gone = o.sweep(o.sweep(gone))
	values, err := (&reader{families: o.families}).read()
	if err != nil || len(gone) == 0 {
		t.Fatal(err, gone)
	}
	for _, v := range values {
		for _, l := range v.labels {
			if l.GetName() == "service" {
				t.Errorf("%s of %s is still there", v.name, l.GetValue())
			}
		}
	}
}
