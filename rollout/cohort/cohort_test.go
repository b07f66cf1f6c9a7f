package cohort_test

import (
	"strings"
	"testing"

	"weir/rollout/cohort"
	"weir/rollout/policy"
)

// TestWhoIsTheSameClient tells which requests draw alike.
func TestWhoIsTheSameClient(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   policy.By
		a, b *request
		same bool
	}{
		{"header", "header:X-User", ask("10.0.0.1", "x-user: bob"), ask("10.0.0.2", "X-User: bob"), true},
		{"another value", "header:X-User", ask("10.0.0.1", "x-user: bob"), ask("10.0.0.1", "X-User: eve"), false},
		{"without the header the address", "header:X-User", ask("10.0.0.1"), ask("10.0.0.1"), true},
		{"and another address", "header:X-User", ask("10.0.0.1"), ask("10.0.0.2"), false},
		{"address", policy.ByClientIP, ask("10.0.0.1"), ask("10.0.0.1", "cookie: a=b"), true},
		{"address, another", policy.ByClientIP, ask("10.0.0.1"), ask("10.0.0.2"), false},
		{"IPv4 in IPv6", policy.ByClientIP, ask("10.0.0.1"), ask("::ffff:10.0.0.1"), true},
		{"a /64", policy.ByClientIP, ask("2001:db8:1:2:3::1"), ask("2001:db8:1:2:ffff::2"), true},
		{"another /64", policy.ByClientIP, ask("2001:db8:1:2::1"), ask("2001:db8:1:3::1"), false},
		{"a zone", policy.ByClientIP, ask("fe80::1%eth0"), ask("fe80::1%eth1"), true},
		{"no address", policy.ByClientIP, ask(""), ask(""), false},
		{"connection", policy.ByConn, ask("10.0.0.1"), ask("10.0.0.2"), true}, // both are connection 7
		{"no cookie", policy.ByCookie, ask("10.0.0.1"), ask("10.0.0.1"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, dice := splitter(t, policy.Cohort{By: tt.by}), steps()
			a, b := s.Request(tt.a, dice), s.Request(tt.b, dice)
			if (a.Variant == b.Variant) != tt.same || (a.Client == b.Client) != tt.same {
				t.Errorf("%+v and %+v, want the same: %t", a, b, tt.same)
			}
			if !a.Counts || a.Pinned != "" {
				t.Errorf("%+v does not count", a)
			}
		})
	}
}

// TestCookie follows a client from its first request on.
func TestCookie(t *testing.T) {
	s := splitter(t, policy.Cohort{By: policy.ByCookie})
	dice := steps()
	first := s.Request(ask("10.0.0.1"), dice)
	if len(first.Cookie) != 34 || !first.Counts {
		t.Fatalf("the first request gets %+v", first)
	}
	later := s.Request(ask("10.9.9.9", "accept: */*", "cookie: a=b; weir_cohort="+first.Cookie+"; c=d"), dice)
	if later.Variant != first.Variant || later.Client != first.Client || later.Cookie != "" {
		t.Errorf("with its cookie it draws %+v, before %+v", later, first)
	}
	split := s.Request(ask("10.0.0.1", "cookie: a=b", "cookie: weir_cohort="+first.Cookie), dice) // as HTTP/2 may
	if split.Variant != first.Variant {
		t.Errorf("in a second Cookie field it draws %+v", split)
	}
	for name, value := range map[string]string{
		"forged":         strings.Repeat("A", 22) + first.Cookie[22:],
		"cut":            first.Cookie[:20],
		"without a sign": first.Cookie[:22] + ".",
		"empty":          "",
	} {
		if d := s.Request(ask("10.0.0.1", "cookie: weir_cohort="+value), dice); d.Cookie == "" || d.Variant == first.Variant {
			t.Errorf("%s: %+v, want a new cookie", name, d)
		}
	}
	other, err := cohort.New(policy.Cohort{By: policy.ByCookie, Cookie: "weir_cohort"}, nil, "service/web r1", []byte("another secret of a fleet"))
	if err != nil {
		t.Fatal(err)
	}
	if d := other.Request(ask("10.0.0.1", "cookie: weir_cohort="+first.Cookie), dice); d.Cookie == "" {
		t.Errorf("a cookie of another fleet is taken: %+v", d)
	}
	if _, err := cohort.New(policy.Cohort{By: policy.ByCookie}, nil, "", []byte("short")); err == nil {
		t.Error("a short secret is taken")
	}
}

// TestNewSessions leaves clients with a session of the application on stable.
func TestNewSessions(t *testing.T) {
	s := splitter(t, policy.Cohort{By: policy.ByCookie, Mode: policy.NewSessions, Session: "SID"})
	dice := steps()
	old := s.Request(ask("10.0.0.1", "cookie: SID=1"), dice)
	if old.Pinned != "stable" || old.Counts || old.Cookie != "" {
		t.Errorf("a session from before the rollout: %+v", old)
	}
	fresh := s.Request(ask("10.0.0.1"), dice)
	if fresh.Pinned != "" || !fresh.Counts || fresh.Cookie == "" {
		t.Errorf("a new client: %+v", fresh)
	}
	later := s.Request(ask("10.0.0.1", "cookie: SID=2; weir_cohort="+fresh.Cookie), dice)
	if later.Pinned != "" || !later.Counts || later.Variant != fresh.Variant {
		t.Errorf("a new client with its session: %+v", later)
	}
}

// TestMatch pins requests, and keeps them out of the verdict.
func TestMatch(t *testing.T) {
	s := splitter(t, policy.Cohort{By: policy.ByClientIP},
		policy.Match{Header: "X-Canary", Exact: "1", To: "canary"}, policy.Match{Cookie: "beta", To: "canary"}, policy.Match{Header: "X-Old", To: "stable"})
	for _, tt := range []struct{ field, want string }{
		{"x-canary: 1", "canary"}, {"x-canary: 0", ""}, {"cookie: a=b; beta=", "canary"}, {"cookie: alphabeta=1", ""},
		{"x-old: yes", "stable"}, {"x-other: 1", ""},
	} {
		d := s.Request(ask("10.0.0.1", tt.field), steps())
		if d.Pinned != tt.want || d.Counts != (tt.want == "") {
			t.Errorf("%s: %+v, want %q", tt.field, d, tt.want)
		}
	}
}

// TestConnections draws for TCP.
func TestConnections(t *testing.T) {
	byAddress := splitter(t, policy.Cohort{By: policy.ByClientIP})
	http := byAddress.Request(ask("10.0.0.1"), steps())
	if tcp := byAddress.Connection(ask("10.0.0.1").client, steps()); tcp != http {
		t.Errorf("TCP draws %+v, HTTP %+v", tcp, http)
	}
	for _, by := range []policy.By{policy.ByConn, policy.ByCookie, "header:X"} {
		s, dice := splitter(t, policy.Cohort{By: by}), steps()
		a, b := s.Connection(ask("10.0.0.1").client, dice), s.Connection(ask("10.0.0.1").client, dice)
		if a.Variant == b.Variant || !a.Counts || a.Cookie != "" {
			t.Errorf("%s: connections draw %+v and %+v", by, a, b)
		}
	}
}

// TestKey answers which draw somebody has.
func TestKey(t *testing.T) {
	for _, tt := range []struct {
		by   policy.By
		key  string
		r    *request
		fail string
	}{
		{"header:X-User", "bob", ask("10.0.0.1", "x-user: bob"), ""},
		{policy.ByClientIP, "2001:db8::1", ask("2001:db8::ffff"), ""},
		{policy.ByClientIP, "bob", nil, `"bob" is none`},
		{policy.ByConn, "bob", nil, "draw for themselves"},
	} {
		s := splitter(t, policy.Cohort{By: tt.by})
		d, err := s.Key(tt.key)
		switch {
		case tt.fail != "":
			if err == nil || !strings.Contains(err.Error(), tt.fail) {
				t.Errorf("%s %q: %v", tt.by, tt.key, err)
			}
		case err != nil || d != s.Request(tt.r, steps()):
			t.Errorf("%s %q: %+v, %v", tt.by, tt.key, d, err)
		}
	}
}
