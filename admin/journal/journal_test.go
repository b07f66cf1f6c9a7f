package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/store"
	"weir/store/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) (*Journal, *bytes.Buffer, interface {
	store.Store
	Close() error
}) {
	s, err := embedded.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	log := &bytes.Buffer{}
	return &Journal{Store: s, Log: slog.New(slog.NewTextHandler(log, nil))}, log, s
}

func TestEntriesAreKeptNewestFirst(t *testing.T) {
	j, log, _ := open(t)
	start := time.Now()
	for i := range 3 {
		j.Add(t.Context(), Entry{At: start.Add(time.Duration(i)), By: fmt.Sprint("p", i), Request: "r", Action: "put-weights", Scope: "service/web", After: json.RawMessage(`{"a":1}`)})
	}
	list, err := j.List(t.Context())
	if err != nil || len(list) != 3 || list[0].By != "p2" || list[2].By != "p0" || string(list[0].After) != `{"a":1}` {
		t.Errorf("%+v %v", list, err)
	}
	if n := strings.Count(log.String(), "msg=changed"); n != 3 {
		t.Errorf("%d lines in the log:\n%s", n, log)
	}
}

func TestTheOldestGo(t *testing.T) {
	j, _, s := open(t)
	start := time.Now()
	for i := range most + 2*pruneEach {
		j.Add(t.Context(), Entry{At: start.Add(time.Duration(i)), Request: fmt.Sprint(i), After: json.RawMessage(`"x"`)})
	}
	all, err := s.List(t.Context(), folder)
	if err != nil || len(all) < most || len(all) > most+pruneEach {
		t.Errorf("%d entries, %v", len(all), err)
	}
	if list, _ := j.List(t.Context()); list[0].Request != fmt.Sprint(most+2*pruneEach-1) {
		t.Errorf("the newest is %s", list[0].Request)
	}
}

func TestALargeStateIsNotKept(t *testing.T) {
	j, _, _ := open(t)
	j.Add(t.Context(), Entry{At: time.Now(), Before: json.RawMessage(`"` + strings.Repeat("x", maxState) + `"`)})
	if list, err := j.List(t.Context()); err != nil || string(list[0].Before) != fmt.Sprintf(`{"bytes":%d}`, maxState+2) {
		t.Errorf("%.100s %v", list[0].Before, err)
	}
}

// TestWithoutTheStoreItIsInTheLog because the change was made.
func TestWithoutTheStoreItIsInTheLog(t *testing.T) {
	j, log, s := open(t)
	s.Close()
	j.Add(t.Context(), Entry{At: time.Now(), By: "alice", Request: "r-1"})
	if !strings.Contains(log.String(), "by=alice") || !strings.Contains(log.String(), "in the log only") {
		t.Error(log)
	}
	if _, err := j.List(t.Context()); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
