package route_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/route"
)

func TestParseTagBounds(t *testing.T) {
	for _, tt := range []struct{ tag, reason string }{
		{"urlprefix-a.test/" + strings.Repeat("x", 4100), "tag is 4107 bytes long, at most 4096 are allowed"},
		{"urlprefix-" + strings.Repeat("x", 256) + "/", "host is 256 bytes long, at most 255 are allowed"},
		{"urlprefix-a.test/" + strings.Repeat(" o", 65), "tag has 65 options, at most 64 are allowed"},
		{"other-a.test/", `tag does not begin with "urlprefix-"`},
		{"urlprefix- ", "no host, path or :port is given"},
	} {
		_, err := route.ParseTag("urlprefix-", "dc1", tt.tag)
		if err == nil || err.Error() != tt.reason {
			t.Errorf("%.40s…: %v, want %s", tt.tag, err, tt.reason)
		}
	}
}

func TestDatacenterCannotInject(t *testing.T) {
	for _, dc := range []string{"a b", "a\nroute del x", `a"b`, "\xff", "a/b c"} {
		if tag, err := route.ParseTag("urlprefix-", dc, "urlprefix-$DC.test/$DC"); err == nil {
			t.Errorf("datacenter %q makes the tag %q, want an error", dc, tag)
		}
	}
}

// sameAgain checks that the table of the route r is what its text form makes, and
// that the key of r names it.
func sameAgain(t *testing.T, table *route.Table, r *route.Route) {
	again, problems := route.Build(route.Input{
		Commands: []route.Commands{{Text: table.Commands()}},
		Intents:  []route.Intent{{Scope: route.Scope{Kind: "route", Name: r.Key()}, Shares: map[string]route.Weight{r.Variants()[0].Name: route.Full}}}})
	if again.Commands() != table.Commands() || again.Routes()[0].Key() != r.Key() {
		t.Fatalf("%s is read as\n%s%v", table.Commands(), again.Commands(), problems)
	}
	for _, p := range problems {
		if p.Source == "intent" {
			t.Fatalf("%q names no route of\n%s%v", r.Key(), again, p)
		}
	}
}

// FuzzParseTag: what is accepted survives a round trip, and makes at most one
// route, of its own service, with its own source.
func FuzzParseTag(f *testing.F) {
	for _, s := range []string{"a.test/", "A.test:80/x strip=/y", ":9000 proto=tcp", "/api", "*.a.test", "{a,b}.test/$DC", "${DC}x/$$y",
		"a.test/ redirect=301,https://b.test$path", "[::1]:80/", "[a-b].test/caf\u00e9", "a/ allow=ip:::1 weight=5%", "a/ method=get,POST header=X:%2a*&y query=a%20b", "a/ cookie=a:%ff",
		"a/ tls=x tlsname=b proto=https", "a/ lb=hash hash=header:X sticky=b retry=2 retryon=5xx,timeout timeout=1m idle=2s",
		"a/ setheader=X:a%20b&Y:c delheader=Z setrequestheader=A:%0a delrequestheader=b", "a/\troute del x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := "urlprefix-" + s
		tag, err := route.ParseTag("urlprefix-", "dc1", text)
		table, problems := route.Build(route.Input{Instances: []route.Instance{
			{Service: "web", ID: "1", Address: "10.0.0.1", Port: 80, Up: true, Datacenter: "dc1", Tags: []string{text}}}})
		if err != nil {
			if len(table.Routes()) > 0 || len(problems) != 1 {
				t.Fatalf("%q: %v, and yet there is\n%s%v", text, err, table, problems)
			}
			return
		}
		again, err := route.ParseTag("urlprefix-", "dc1", "urlprefix-"+tag.String())
		if err != nil || again != tag {
			t.Fatalf("%q is read as %+v, and that as %+v, %v", text, tag, again, err)
		}
		if strings.Count(table.String(), "\n") > 1 {
			t.Fatalf("%q makes more than one line:\n%s", text, table)
		}
		for _, r := range table.Routes() {
			if source, _, _ := strings.Cut(r.Key(), " "); source != tag.Source || fmt.Sprint(r.Services()) != "[web]" {
				t.Fatalf("%q makes the route %s of %v, want %s", text, r.Key(), r.Services(), tag.Source)
			}
			sameAgain(t, table, r)
		}
	})
}
