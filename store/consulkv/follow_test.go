package consulkv_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"weir/store/consulkv"
)

// answer is what a scripted Consul says to one query.
type answer struct {
	index uint64
	err   error
}

// follow runs Follow against the answers and then lets it hang in a query. It
// returns the indices that were asked for and what each was called with.
func follow(t *testing.T, answers ...answer) (asked []uint64, told []error) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		query := func(ctx context.Context, index uint64) (int, uint64, error) {
			asked = append(asked, index)
			if len(asked) > len(answers) {
				<-ctx.Done()
				return 0, 0, ctx.Err()
			}
			a := answers[len(asked)-1]
			return len(asked), a.index, a.err
		}
		done := make(chan error)
		go func() {
			done <- consulkv.Follow(ctx, time.Second, query, func(_ int, err error) { told = append(told, err) })
		}()
		time.Sleep(time.Hour) // of the bubble
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	return asked, told
}

func TestFollowTreatsTheIndexAsConsulAsks(t *testing.T) {
	away := errors.New("away")
	for _, c := range []struct {
		name    string
		answers []answer
		asked   []uint64
	}{
		{"it is sent back", []answer{{index: 5}, {index: 9}}, []uint64{0, 5, 9}},
		{"backwards starts over", []answer{{index: 9}, {index: 4}, {index: 4}}, []uint64{0, 9, 0, 4}},
		{"zero is never sent back", []answer{{index: 0}, {index: 0}}, []uint64{0, 1, 0}},
		{"an error starts over", []answer{{index: 9}, {err: away}, {index: 9}}, []uint64{0, 9, 0, 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked, told := follow(t, c.answers...)
			if !slices.Equal(asked, c.asked) || len(told) != len(c.answers) {
				t.Errorf("asked for %v and told %v, want %v", asked, told, c.asked)
			}
		})
	}
}

func TestFollowBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		queries := 0
		consulkv.Follow(ctx, time.Second, func(context.Context, uint64) (int, uint64, error) {
			queries++
			return 0, 0, errors.New("away")
		}, func(int, error) {})
		// One try every 4 to 8 s, and a few quicker ones at first.
		if queries < 35 || queries > 80 {
			t.Errorf("%d queries in five minutes of outage", queries)
		}
	})
}

func TestFollowDoesNotSpinOnAnAgentThatDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		queries := 0
		consulkv.Follow(ctx, time.Second, func(_ context.Context, index uint64) (int, uint64, error) {
			queries++
			return 0, 7, nil
		}, func(int, error) {})
		if queries > 510 {
			t.Errorf("%d queries in ten seconds", queries)
		}
	})
}
