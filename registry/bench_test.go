package registry_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/intent"
	"weir/internal/testenv"
	"weir/registry"
	"weir/route"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }

// script is a source that sends what the test gives to say.
type script struct {
	name string
	say  chan registry.Snapshot
}

func newScript(name string) *script { return &script{name, make(chan registry.Snapshot)} }

func (s *script) Name() string { return s.name }

func (s *script) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case snapshot := <-s.say:
			select {
			case <-ctx.Done():
			case out <- snapshot:
			}
		}
	}
}

// read is a snapshot that the source has just read.
func read(instances ...route.Instance) registry.Snapshot {
	return registry.Snapshot{Instances: instances, At: time.Now()}
}

// web is an instance of web with a route.
func web(id, address, options string) route.Instance {
	return route.Instance{
		Service: "web", ID: id, Node: "n1", Address: address, Port: 80,
		Tags: []string{"urlprefix-a.test/ " + options}, Up: true,
	}
}

// wanted are intents that the test sets.
type wanted struct{ say chan []intent.Entry }

func (w wanted) Watch(ctx context.Context, each func([]intent.Entry, []route.Problem, error)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case list := <-w.say:
			if list == nil {
				each(nil, nil, errors.New("the store is away"))
				continue
			}
			each(list, nil, nil)
		}
	}
}

// bench is a publisher at work in a bubble.
type bench struct {
	*registry.Publisher
	live *route.Live
	log  *lines
}

// lines collects a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// count counts the lines with a text.
func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// start runs a publisher until the test ends.
func start(t *testing.T, c registry.Config) bench {
	t.Helper()
	b := bench{live: new(route.Live), log: new(lines)}
	c.Live, c.Log = b.live, slog.New(slog.NewTextHandler(b.log, nil))
	b.Publisher = registry.NewPublisher(c)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	return b
}

// want checks the table, one line a target, in the order of the table.
func (b bench) want(t *testing.T, lines ...string) {
	t.Helper()
	synctest.Wait()
	if got, want := b.live.Load().String(), strings.Join(append(lines, ""), "\n"); got != want {
		t.Errorf("table\n%swant\n%s", got, want)
	}
}

func (b bench) isReady() bool {
	select {
	case <-b.Ready():
		return true
	default:
		return false
	}
}
