package auth

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const rules = `
tokens:
  - {name: ci, sha256: HASH, role: operator, services: [web, "shop-*"]}
  - {name: old, sha256: OLD, role: admin, expires: 2020-01-01T00:00:00Z}
people:
  - {name: alice, role: admin}
  - {name: bob, via: certificate, role: operator}
  - {name: bob, role: viewer}
  - {group: sre, role: operator, services: [db]}
`

func parse(t testing.TB) *Rules {
	r, err := ParseRules([]byte(strings.NewReplacer("HASH", Hash("wt_ci"), "OLD", Hash("wt_old")).Replace(rules)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhoMayDoWhat(t *testing.T) {
	r := parse(t)
	of := func(name string, via Via, groups ...string) Identity {
		return Identity{Name: name, Via: via, Grants: r.grants(name, groups, via)}
	}
	ci, ok := r.token("wt_ci", time.Now())
	if !ok || ci.Name != "ci" {
		t.Fatal(ci)
	}
	for _, c := range []struct {
		id       Identity
		role     Role
		services string
		want     bool
	}{
		{ci, Operator, "web", true},
		{ci, Operator, "shop-eu", true},
		{ci, Operator, "web shop-eu", true},
		{ci, Operator, "web db", false},
		{ci, Operator, "", false}, // everything
		{ci, Viewer, "web", true},
		{ci, Admin, "web", false},
		{of("alice", ByPassword), Admin, "", true},
		{of("alice", ByOIDC), Admin, "db", true},
		{of("bob", ByCertificate), Operator, "", true},
		{of("bob", ByPassword), Operator, "web", false},
		{of("bob", ByPassword), Viewer, "web", true},
		{of("bob", ByOIDC, "sre"), Operator, "db", true},
		{of("bob", ByOIDC, "sre"), Operator, "web", false},
		{of("eve", ByOIDC, "sre2"), Viewer, "", false},
		{of("", ByOIDC, ""), Viewer, "", false},
		{of("ci", ByPassword), Viewer, "web", false}, // the name of a token is no person's
		{Everybody(), Admin, "", true},
		{Identity{}, Viewer, "web", false},
	} {
		if got := c.id.May(c.role, strings.Fields(c.services)...); got != c.want {
			t.Errorf("%s by %s as %s of %q: %v", c.id.Name, c.id.Via, c.role, c.services, got)
		}
	}
}

func TestTokensThatAreNone(t *testing.T) {
	r := parse(t)
	for _, text := range []string{"", "wt_", "wt_old", "wt_ci ", Hash("wt_ci")} {
		if id, ok := r.token(text, time.Now()); ok {
			t.Errorf("%q is %s's", text, id.Name)
		}
	}
	if a, b := NewToken(), NewToken(); a == b || len(a) != 46 || !strings.HasPrefix(a, "wt_") {
		t.Error(a, b)
	}
}

func TestBadRulesAreNamed(t *testing.T) {
	hash := Hash("x")
	for text, want := range map[string]string{
		"tokens: [{name: a, sha256: abc, role: viewer}]":                           "64 hexadecimal digits",
		"tokens: [{sha256: " + hash + ", role: viewer}]":                           "the name is missing",
		"tokens: [{name: a, sha256: " + hash + "}]":                                "the role is missing",
		"people: [{name: a, role: root}]":                                          `role "root" is none of viewer, operator, admin`,
		"people: [{name: a, group: b, role: viewer}]":                              "either name or group",
		"people: [{role: viewer}]":                                                 "either name or group",
		"people: [{name: a, role: viewer, via: token}]":                            `via is "token"`,
		"people: [{name: a, role: viewer, services: [\"[\"]}]":                     `"[" of services`,
		"people: [{name: a, role: viewer, services: [\"\"]}]":                      `"" of services`,
		"people: [{name: \"a\\nb\", role: viewer}]":                                "control character",
		"people: [{name: a, rule: viewer}]":                                        "field rule not found",
		"anonymous: operator":                                                      `anonymous is "operator"`,
		"anonymous: admin\npeople: [{name: a, group: b, role: viewer}]\ntokens: 1": "cannot unmarshal",
		"[": "yaml",
	} {
		if r, err := ParseRules([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v %v, want %q", text, r, err, want)
		}
	}
	if r, err := ParseRules(nil); err != nil || r.Anonymous != Nobody {
		t.Error("an empty file lets nobody in, and is none that is bad:", r, err)
	}
}

// FuzzRules: what is taken gives nobody a role that it does not name.
func FuzzRules(f *testing.F) {
	f.Add(strings.ReplaceAll(rules, "HASH", Hash("x")))
	f.Add("anonymous: viewer\npeople: [{name: '*', role: admin}]")
	f.Add("people: &a [{name: x, role: viewer}]\ntokens: *a")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRules([]byte(text))
		if err != nil {
			t.Skip()
		}
		if got := r.grants("nobody that a file would name", nil, ByOIDC); got != nil {
			t.Fatal(got)
		}
		for _, p := range r.People {
			id := Identity{Grants: r.grants(p.Name, []string{p.Group}, ByOIDC)}
			if p.Via == "" && !id.Has(p.Role) || fmt.Sprint(p.Role) == "nobody" {
				t.Fatal(p)
			}
		}
	})
}
