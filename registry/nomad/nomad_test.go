package nomad_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/nomad"
	agent "weir/rollout/nomad"
	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const within = 20 * time.Second

// run reads the fake until the test ends and returns what it sends.
func run(t *testing.T, f *fake, token string, prefixes ...string) <-chan registry.Snapshot {
	t.Helper()
	client, err := agent.New(agent.Config{Addr: f.URL, Token: token, Region: "eu", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := &nomad.Source{Agent: client, Address: f.URL, Namespace: "team", TagPrefix: prefixes, Retry: time.Millisecond}
	if s.Name() != "nomad "+f.URL {
		t.Errorf("its name is %q", s.Name())
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, done := make(chan registry.Snapshot), make(chan error, 2)
	go func() { done <- client.Run(ctx) }()
	go func() { done <- s.Run(ctx, out) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := testenv.Next(t, within, "the end", done); !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
		}
	})
	return out
}

// text is a snapshot as lines of port and tags.
func text(s registry.Snapshot) string {
	var lines []string
	for _, in := range s.Instances {
		lines = append(lines, fmt.Sprintf("%s:%d %s", in.Address, in.Port, strings.Join(in.Tags, ",")))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// until receives until there is a snapshot of these lines, with an error or not.
func until(t *testing.T, out <-chan registry.Snapshot, failed bool, lines ...string) registry.Snapshot {
	t.Helper()
	want := strings.Join(lines, "\n")
	for {
		s := testenv.Next(t, within, want, out)
		if text(s) == want && (s.Err != nil) == failed {
			return s
		}
	}
}

const (
	shared = " urlprefix-mysite-sni-1.com/ proto=tcp+sni"
	canary = " urlprefix-canary.mysite-sni-1.com/ proto=tcp+sni"
)

// base, isolated and promoted are the instances in the recorded phases.
var (
	base     = []string{"127.0.0.1:26216" + shared, "127.0.0.1:26218" + shared, "127.0.0.1:26240" + shared}
	isolated = []string{"127.0.0.1:26066" + shared, "127.0.0.1:26176" + canary, "127.0.0.1:26196" + shared, "127.0.0.1:26232" + shared}
	promoted = []string{"127.0.0.1:26008" + shared, "127.0.0.1:26176" + shared, "127.0.0.1:26203" + shared}
)

// TestACanaryChangesItsTagsInPlace: as recorded, the instance keeps its ID.
func TestACanaryChangesItsTagsInPlace(t *testing.T) {
	f := startFake(t, "base")
	out := run(t, f, token, "urlprefix-")
	one := until(t, out, false, base...).Instances[0]
	if one.Service != "httpsbackend-sni-1" || !one.Up || one.Datacenter != "dc1" || !strings.HasPrefix(one.ID, "_nomad-task-") || one.Node == "" {
		t.Errorf("instance %+v", one)
	}
	f.show(t, "canary")
	before := until(t, out, false, isolated...)
	f.show(t, "promoted")
	after := until(t, out, false, promoted...)
	if id(before, 26176) != id(after, 26176) {
		t.Error("the promoted instance has another ID")
	}
}

func id(s registry.Snapshot, port int) string {
	return s.Instances[slices.IndexFunc(s.Instances, func(in route.Instance) bool { return in.Port == port })].ID
}

// TestQueries counts: one waits, and a change costs the list and one query a
// service with a route tag.
func TestQueries(t *testing.T) {
	f := startFake(t, "base")
	out := run(t, f, token, "urlprefix-")
	until(t, out, false, base...)
	f.asked()
	f.show(t, "rolling")
	testenv.Next(t, within, "the change", out)
	got := strings.Join(f.asked(), "\n")
	want := "/v1/services?index=101&namespace=team&region=eu&wait=1m0s\n/v1/service/httpsbackend-sni-1?namespace=default&region=eu"
	if got != want {
		t.Errorf("asked\n%s\nwant\n%s", got, want)
	}
}

func TestOtherPrefixes(t *testing.T) {
	f := startFake(t, "canary")
	until(t, run(t, f, token, "weir-", "urlprefix-canary."), false, "127.0.0.1:26176 weir-mysite-sni-1.com/ proto=tcp+sni")
	until(t, run(t, f, token, "other-"), false)
}

func TestAnErrorTakesNothingAway(t *testing.T) {
	for _, prefix := range []string{"/v1/services", "/v1/service/"} {
		f := startFake(t, "base")
		out := run(t, f, token, "urlprefix-")
		good := until(t, out, false, base...)
		f.failing(prefix)
		s := until(t, out, true, base...)
		if !strings.Contains(s.Err.Error(), "No cluster leader") || !s.At.Equal(good.At) {
			t.Errorf("error %v, known at %v, want what was read at %v", s.Err, s.At, good.At)
		}
		f.failing("")
		until(t, out, false, base...)
	}
}

func TestAnIndexThatGoesBackwardsStartsOver(t *testing.T) {
	f := startFake(t, "base")
	out := run(t, f, token, "urlprefix-")
	until(t, out, false, base...)
	f.Rewind(7)
	f.show(t, "promoted")
	until(t, out, false, promoted...)
	f.show(t, "canary")
	until(t, out, false, isolated...)
	if list := f.asked(); !slices.Contains(list[1:], "/v1/services?namespace=team&region=eu") {
		t.Errorf("asked %q, want another query without an index", list)
	}
}

func TestAWrongTokenIsSaid(t *testing.T) {
	out := run(t, startFake(t, "base"), "wrong", "urlprefix-")
	if s := until(t, out, true); !s.At.IsZero() || !strings.Contains(s.Err.Error(), "403 Forbidden: Permission denied") {
		t.Errorf("snapshot %+v", s)
	}
}
