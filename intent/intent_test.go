package intent_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/intent"
	"weir/route"
	"weir/store"
	"weir/store/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) (*intent.Store, store.Store) {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return intent.In(s), s
}

// canary is a good intent for a route.
func canary() route.Intent {
	return route.Intent{
		Scope:  route.Scope{Kind: "route", Name: "app.example.com/a%2Fb"},
		Shares: map[string]route.Weight{"canary": 2500, "stable": 7500},
		By:     "alice", Reason: "first look", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestAnIntentComesBackAsItWasPut(t *testing.T) {
	s, raw := open(t)
	want := canary()
	put, err := s.Put(t.Context(), want, 0)
	if err != nil || put.Index == 0 {
		t.Fatal(put, err)
	}
	got, err := s.Get(t.Context(), want.Scope)
	if err != nil || !reflect.DeepEqual(got, put) || !reflect.DeepEqual(got.Intent, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, put)
	}
	list, problems, err := s.List(t.Context())
	if err != nil || len(problems) != 0 || !reflect.DeepEqual(list, []intent.Entry{put}) {
		t.Error(list, problems, err)
	}
	if _, err := raw.Get(t.Context(), "v1/intents/route/app.example.com%2Fa%252Fb"); err != nil {
		t.Error(err)
	}
	if err := s.Delete(t.Context(), want.Scope, put.Index); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), want.Scope); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error %v, want not found", err)
	}
}

func TestAStaleWriteGetsTheCurrentIntent(t *testing.T) {
	s, _ := open(t)
	first, err := s.Put(t.Context(), canary(), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Put(t.Context(), canary(), first.Index+1)
	var conflict *intent.ConflictError
	if !errors.As(err, &conflict) || !reflect.DeepEqual(conflict.Current, first) {
		t.Errorf("error %v with %+v, want a conflict with %+v", err, conflict, first)
	}
	err = s.Delete(t.Context(), route.Scope{Kind: "service", Name: "gone"}, 3)
	if !errors.As(err, &conflict) || conflict.Current.Index != 0 {
		t.Errorf("error %v, want a conflict with nothing", err)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*route.Intent)
		want   string
	}{
		{"scope kind", func(in *route.Intent) { in.Scope.Kind = "host" }, `"host"`},
		{"no name", func(in *route.Intent) { in.Scope.Name = "" }, "route"},
		{"name with a space", func(in *route.Intent) { in.Scope.Name = "a b" }, `"a b"`},
		{"no shares", func(in *route.Intent) { in.Shares = nil }, "0 shares"},
		{"variant without a name", func(in *route.Intent) { in.Shares = map[string]route.Weight{"": 1} }, `variant ""`},
		{"below none", func(in *route.Intent) { in.Shares["canary"] = -1 }, "-0.01%"},
		{"above all", func(in *route.Intent) { in.Shares["canary"] = 14000 }, "140% of variant canary"},
		{"more than all together", func(in *route.Intent) { in.Shares["stable"] = 7501 }, "100.01%"},
		{"long reason", func(in *route.Intent) { in.Reason = strings.Repeat("x", 5000) }, "5000 bytes"},
		{"long author", func(in *route.Intent) { in.By = strings.Repeat("x", 300) }, "300 bytes"},
		{"expired before it began", func(in *route.Intent) { in.Expires = in.At }, "2026-01-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t)
			in := canary()
			c.change(&in)
			_, err := s.Put(t.Context(), in, 0)
			var invalid *intent.InvalidError
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %s", err, c.want)
			}
		})
	}
}

func TestABadKeyIsAProblemAndHarmsNoOther(t *testing.T) {
	s, raw := open(t)
	if _, err := s.Put(t.Context(), canary(), 0); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"v1/intents/service/broken":   `{"scope":`,
		"v1/intents/service/other":    `{"scope":{"Kind":"service","Name":"web"},"shares":{"canary":"1%"}}`,
		"v1/intents/service/too-much": `{"scope":{"Kind":"service","Name":"too-much"},"shares":{"canary":"60%","blue":"60%"}}`,
		"v1/intents/service/weight":   `{"scope":{"Kind":"service","Name":"weight"},"shares":{"canary":"140%"}}`,
	} {
		if _, err := raw.CompareAndSet(t.Context(), key, []byte(value), 0); err != nil {
			t.Fatal(err)
		}
	}
	list, problems, err := s.List(t.Context())
	if err != nil || len(list) != 1 || len(problems) != 4 {
		t.Fatal(list, problems, err)
	}
	for i, name := range []string{"broken", "other", "too-much", "weight"} {
		p := problems[i]
		if p.Source != "intent" || p.Service != name || !strings.Contains(p.Text+p.Reason, "v1/intents/service/"+name) {
			t.Errorf("problem %+v, want one about %s", p, name)
		}
	}
}

func TestWatchTellsIntentsAndProblems(t *testing.T) {
	s, raw := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	told, done := make(chan [2]int), make(chan error)
	go func() {
		done <- s.Watch(ctx, func(list []intent.Entry, problems []route.Problem, err error) {
			told <- [2]int{len(list), len(problems)}
		})
	}()
	want := func(intents, problems int) {
		t.Helper()
		if got := <-told; got != [2]int{intents, problems} {
			t.Errorf("told %v", got)
		}
	}
	want(0, 0)
	if _, err := s.Put(t.Context(), canary(), 0); err != nil {
		t.Fatal(err)
	}
	want(1, 0)
	if _, err := raw.CompareAndSet(t.Context(), "v1/intents/route/x", []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	want(1, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
