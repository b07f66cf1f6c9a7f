// Package twolooks follows files by looking at them. A change is read when the
// files were the same at two looks, so that one that is being written is not read
// by half. Looking also sees what inotify does not: links that are swapped, and
// files of another machine.
package twolooks

import (
	"context"
	"time"
)

// Follow reads at once, and again after each change, until ctx ends. It looks
// every so often; same compares what two looks have seen. When read returns true
// it is called at the next look again, although nothing has changed.
func Follow[S any](ctx context.Context, every time.Duration, look func() S, same func(a, b S) bool, read func(seen S) (again bool)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	before := look()
	done, again := before, read(before)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		seen := look()
		if same(seen, before) && (again || !same(seen, done)) {
			done, again = seen, read(seen)
		}
		before = seen
	}
}
