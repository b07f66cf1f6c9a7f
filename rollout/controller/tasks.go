package controller

import (
	"context"
	"log/slog"
	"sync"
)

// tasks are the calls to others that a leader has under way: at most one of
// each name. They outlive a round, not the leadership.
type tasks struct {
	log     *slog.Logger
	running sync.WaitGroup

	mu     sync.Mutex
	names  map[string]bool
	done   chan struct{} // closed and replaced when one has ended
	failed map[string]error
}

func newTasks(log *slog.Logger) *tasks {
	return &tasks{log: log, names: map[string]bool{}, done: make(chan struct{}), failed: map[string]error{}}
}

// start runs do unless one of this name is under way.
func (t *tasks) start(ctx context.Context, name string, do func(context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names[name] {
		return
	}
	t.names[name] = true
	t.running.Go(func() { t.end(name, do(ctx)) })
}

func (t *tasks) end(name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.names, name)
	if delete(t.failed, name); err != nil {
		t.failed[name] = err
		t.log.Warn("a call of a rollout failed", "call", name, "error", err)
	}
	close(t.done)
	t.done = make(chan struct{})
}

// problem is why the last call of a name failed; nil when it did not.
func (t *tasks) problem(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed[name]
}

func (t *tasks) change() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done
}

func (t *tasks) wait() { t.running.Wait() }
