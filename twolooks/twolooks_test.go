package twolooks_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"weir/twolooks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestFollow: what is read of what the looks see, one after another. What ends
// with ! is to be read again.
func TestFollow(t *testing.T) {
	for name, c := range map[string]struct{ seen, read []string }{
		"at once, and nothing that stays":   {[]string{"a", "a", "a"}, []string{"a"}},
		"a change, when it has settled":     {[]string{"a", "b", "b", "b"}, []string{"a", "b"}},
		"nothing that is being written":     {[]string{"a", "b", "c", "d", "d"}, []string{"a", "d"}},
		"nothing that was taken back":       {[]string{"a", "b", "a", "a"}, []string{"a"}},
		"what is wanted again, while it is": {[]string{"a!", "a!", "a!", "b", "b"}, []string{"a!", "a!", "a!", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				var got []string
				looks := 0
				twolooks.Follow(ctx, time.Second, func() string {
					seen := c.seen[min(looks, len(c.seen)-1)]
					if looks++; looks == len(c.seen) {
						stop()
					}
					return seen
				}, func(a, b string) bool { return a == b }, func(seen string) bool {
					got = append(got, seen)
					return seen[len(seen)-1] == '!'
				})
				if !slices.Equal(got, c.read) {
					t.Errorf("read %v, want %v", got, c.read)
				}
			})
		})
	}
}
