package simulate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Options are how much to simulate.
type Options struct {
	Runs int    // of each case, 1 to 1e6
	Seed uint64 // the same seed gives the same results
	// Progress, if not nil, is told after every run how many of all are done.
	// It is called by one goroutine at a time.
	Progress func(done, all int)
}

// Simulate plays all cases on all CPUs and returns a result for each, in their
// order. It ends early with an error when ctx ends or a case cannot be played.
func Simulate(ctx context.Context, cases []Case, o Options) ([]Result, error) {
	if o.Runs < 1 || o.Runs > 1e6 {
		return nil, fmt.Errorf("%d runs, want 1 to 1000000", o.Runs)
	}
	for i := range cases {
		if err := cases[i].Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", cases[i].Name, err)
		}
	}
	all := make([]ran, len(cases)*o.Runs)
	err := parallel(ctx, len(all), o.Progress, func(i int) (err error) {
		all[i], err = cases[i/o.Runs].play(o.Seed+uint64(i/o.Runs), uint64(i%o.Runs))
		return err
	})
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(cases))
	for i := range cases {
		results[i] = cases[i].summarise(all[i*o.Runs : (i+1)*o.Runs])
	}
	return results, nil
}

// parallel does n things on all CPUs. It ends at the first error, or with ctx.
func parallel(ctx context.Context, n int, progress func(done, all int), do func(i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lock sync.Mutex
	var next, done int
	take := func() (i int, ok bool) {
		lock.Lock()
		defer lock.Unlock()
		next++
		return next - 1, next <= n && ctx.Err() == nil
	}
	finish := func() {
		lock.Lock()
		defer lock.Unlock()
		if done++; progress != nil {
			progress(done, n)
		}
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := do(i); err != nil {
					stop(err)
					return
				}
				finish()
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
