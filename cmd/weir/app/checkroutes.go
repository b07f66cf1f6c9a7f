package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"weir/registry"
	"weir/registry/file"
	"weir/registry/static"
	"weir/route"
)

// checkRoutes reads the routes that are in files and in the configuration itself as
// a start does, and lists the lines that can never have an effect.
func (a *App) checkRoutes(sources []registry.Source) error {
	var wrong []error
	for _, s := range sources {
		switch s.(type) {
		case file.Source, static.Source: // the others ask somebody
		default:
			continue
		}
		snapshot := first(s)
		if snapshot.Err != nil {
			wrong = append(wrong, fmt.Errorf("registry %s: %w", s.Name(), snapshot.Err))
		}
		for _, c := range snapshot.Commands {
			for _, p := range route.CheckCommands(c, routeOptions(a.Config)) {
				wrong = append(wrong, fmt.Errorf("registry %s: %q: %s", p.Source, p.Text, p.Reason))
			}
		}
	}
	return errors.Join(wrong...)
}

// first is what a source says first.
func first(s registry.Source) registry.Snapshot {
	ctx, end := context.WithCancel(context.Background())
	out := make(chan registry.Snapshot)
	var running sync.WaitGroup
	running.Go(func() { _ = s.Run(ctx, out) }) // that ctx has ended
	defer running.Wait()
	defer end()
	return <-out
}
