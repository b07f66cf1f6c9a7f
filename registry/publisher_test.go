package registry_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
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

func TestNoTableBeforeEverythingWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, want := newScript("one"), newScript("two"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{one, two}, Intents: want})
		one.say <- read(web("1", "10.0.0.1", ""))
		two.say <- registry.Snapshot{Err: errors.New("away")}
		want.say <- nil
		b.want(t)
		if b.isReady() || b.Status().Ready {
			t.Error("it is ready without the second source and the intents")
		}
		two.say <- read(web("2", "10.0.0.2", ""))
		b.want(t)
		want.say <- []intent.Entry{}
		b.want(t, "a.test/  web/stable  50%  10.0.0.1:80", "a.test/  web/stable  50%  10.0.0.2:80")
		s := b.Status()
		if !b.isReady() || !s.Ready || s.Generation != 1 || s.Routes != 1 || s.Published.IsZero() {
			t.Errorf("status %+v", s)
		}
	})
}

func TestTheFirstChangeIsPublishedAtOnceAndABurstTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read()
		synctest.Wait()
		time.Sleep(time.Second)
		source.say <- read(web("1", "10.0.0.1", ""))
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		before := b.Status().Generation
		for i := range 20 {
			source.say <- read(web("1", "10.0.1."+string(rune('0'+i%10)), ""))
		}
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		time.Sleep(50 * time.Millisecond)
		b.want(t, "a.test/  web/stable  100%  10.0.1.9:80")
		if got := b.Status().Generation - before; got != 1 {
			t.Errorf("a burst made %d tables, want 1", got)
		}
		time.Sleep(time.Second)
		source.say <- read()
		b.want(t)
	})
}

func TestWhatChangesNothingIsNoNewGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read(web("1", "10.0.0.1", ""))
		synctest.Wait()
		before := b.Status()
		time.Sleep(time.Minute)
		source.say <- read(web("1", "10.0.0.1", ""))
		time.Sleep(time.Minute)
		if after := b.Status(); after.Generation != before.Generation || after.Published != before.Published {
			t.Errorf("status %+v became %+v", before, after)
		}
	})
}

func TestAnOutageKeepsTheTableAndSaysHowStaleItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		good := read(web("1", "10.0.0.1", ""))
		source.say <- good
		synctest.Wait()
		time.Sleep(time.Hour)
		if stale := b.Status().Sources[0].Stale(time.Now()); stale != 0 {
			t.Errorf("stale for %v while the source is there", stale)
		}
		bad := good
		bad.At, bad.Err = time.Now(), errors.New("away")
		for range 5 {
			source.say <- bad
			time.Sleep(time.Minute)
		}
		b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
		one := b.Status().Sources[0]
		if one.Name != "one" || one.Err != "away" || one.Stale(time.Now()) != 5*time.Minute {
			t.Errorf("source %+v, stale for %v", one, one.Stale(time.Now()))
		}
		source.say <- read(web("1", "10.0.0.2", ""))
		b.want(t, "a.test/  web/stable  100%  10.0.0.2:80")
		if one := b.Status().Sources[0]; one.Err != "" || one.Stale(time.Now()) != 0 {
			t.Errorf("source %+v after the outage", one)
		}
		if b.log.count("source cannot be read") != 1 || b.log.count("can be read again") != 1 {
			t.Errorf("log\n%s", b.log.text.String())
		}
	})
}

func TestAnIntentEndsWhenItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want})
		source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", "variant=canary"))
		none := route.Intent{
			Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": 0},
			At: time.Now(), Expires: time.Now().Add(10 * time.Minute),
		}
		want.say <- []intent.Entry{{Intent: none, Index: 1}}
		held := []string{"a.test/  web/canary  0%  10.0.0.2:80  variant=canary", "a.test/  web/stable  100%  10.0.0.1:80"}
		b.want(t, held...)
		time.Sleep(10*time.Minute - time.Nanosecond)
		b.want(t, held...)
		time.Sleep(time.Nanosecond)
		b.want(t, "a.test/  web/canary  50%  10.0.0.2:80  variant=canary", "a.test/  web/stable  50%  10.0.0.1:80")
		want.say <- nil // and an outage of the store brings it not back
		time.Sleep(time.Hour)
		b.want(t, "a.test/  web/canary  50%  10.0.0.2:80  variant=canary", "a.test/  web/stable  50%  10.0.0.1:80")
		if s := b.Status().Sources[1]; s.Name != "store" || s.Err == "" {
			t.Errorf("the store is said to be %+v", s)
		}
	})
}

func TestAStartWithoutTheRegistryUsesTheRunBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "known.json")
	var lastSeen time.Time
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		start(t, registry.Config{Sources: []registry.Source{source}, Intents: want, File: file, Timeout: 10 * time.Second})
		s := read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", "variant=canary"))
		s.Commands = []route.Commands{{Source: "kv x", Text: "route add kv b.test/ http://10.0.0.9:80/"}}
		s.NoRouteHTML = "<p>none</p>"
		source.say <- s
		want.say <- []intent.Entry{{Intent: route.Intent{
			Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": 1000},
		}}}
		synctest.Wait()
		time.Sleep(time.Hour)
		lastSeen = time.Now() // the last moment at which all this was true
	})
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want, File: file, Timeout: 10 * time.Second})
		source.say <- registry.Snapshot{Err: errors.New("away")}
		time.Sleep(10*time.Second - time.Nanosecond)
		b.want(t)
		time.Sleep(time.Nanosecond)
		b.want(t, "b.test/  kv/stable  100%  10.0.0.9:80",
			"a.test/  web/canary  10%  10.0.0.2:80  variant=canary", "a.test/  web/stable  90%  10.0.0.1:80")
		one := b.Status().Sources[0]
		if !b.isReady() || !one.Saved || one.Err != "away" || !one.At.Equal(lastSeen) || b.NoRouteHTML() != "<p>none</p>" {
			t.Errorf("source %+v", one)
		}
		source.say <- read(web("1", "10.0.0.5", ""))
		time.Sleep(time.Second)
		b.want(t, "a.test/  web/stable  100%  10.0.0.5:80")
		list := b.Status().Sources
		if list[0].Saved || list[0].Stale(time.Now()) != 0 || !list[1].Saved || list[1].Stale(time.Now()) == 0 {
			t.Errorf("sources %+v", list)
		}
	})
}

func TestAFileOfTheRunBeforeThatCannotBeUsed(t *testing.T) {
	for name, text := range map[string]string{"missing": "", "half": `{"Format":1,"Sou`, "later": `{"Format":99}`, "other": `{"Format":1,"Sources":{}}`} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "known.json")
			if text != "" {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Test(t, func(t *testing.T) {
				source := newScript("one")
				b := start(t, registry.Config{Sources: []registry.Source{source}, File: file, Timeout: time.Second})
				time.Sleep(time.Hour)
				if b.isReady() {
					t.Error("it is ready")
				}
				source.say <- read(web("1", "10.0.0.1", ""))
				b.want(t, "a.test/  web/stable  100%  10.0.0.1:80")
			})
		})
	}
}

func TestTheLogNamesWhatCameAndWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript("one")
		b := start(t, registry.Config{Sources: []registry.Source{source}})
		source.say <- read(web("1", "10.0.0.1", ""))
		synctest.Wait()
		var many []route.Instance
		for i := range 100 {
			many = append(many, route.Instance{
				Service: "many", ID: string(rune('a' + i)), Address: "10.0.0.9", Port: 100 + i, Up: true, Tags: []string{"urlprefix-m.test/"},
			})
		}
		time.Sleep(time.Second)
		source.say <- read(many...)
		synctest.Wait()
		for text, want := range map[string]int{"new table": 2, "target came": 1 + 21, "more=80": 1, "target went": 1, `"a.test/  web/stable  100%  10.0.0.1:80"`: 2} {
			if got := b.log.count(text); got != want {
				t.Errorf("%d lines with %s, want %d", got, text, want)
			}
		}
	})
}
