package cohort_test

import (
	"strings"
	"testing"

	"weir/rollout/policy"
)

// FuzzCookie checks that a client is known again whatever else its Cookie field
// holds, and that nothing but a signed key is one.
func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"", "a=b", "a=b; c", ";;=;", "weir_cohort=x", "weir_cohort", "a=\"b;c\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s := splitter(t, policy.Cohort{By: policy.ByCookie})
		first := s.Request(ask("10.0.0.1"), steps())
		if got := s.Request(ask("10.0.0.1", "cookie: "+line), func() uint64 { return 99 }); got.Cookie == "" && !strings.Contains(line, first.Cookie) {
			t.Fatalf("%q is taken for a key: %+v", line, got)
		}
		if strings.Contains(line, "weir_cohort") {
			return // the first one counts
		}
		got := s.Request(ask("10.0.0.1", "cookie: "+line+"; weir_cohort="+first.Cookie), func() uint64 { return 99 })
		if got.Cookie != "" || got.Variant != first.Variant {
			t.Fatalf("behind %q: %+v, want %+v", line, got, first)
		}
	})
}
