package embedded_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/store"
	"weir/store/embedded"
	"weir/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		path := filepath.Join(t.TempDir(), "weir.db")
		return func(t *testing.T) (store.Store, func()) {
			s, err := embedded.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			return s, func() { s.Close() }
		}
	})
}

func TestOpenNamesTheFileThatAnotherHas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := embedded.Open(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error %v, want one that names the file and says that another process has it", err)
	}
	if _, err := embedded.Open(filepath.Join(path, "below")); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	s, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := s.CompareAndSet(context.Background(), "a", nil, 0); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names the file", err)
	}
}

// TestALockDoesNotOutliveItsProcess closes the store under the holder, as if
// the process had died.
func TestALockDoesNotOutliveItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weir.db")
	dead, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	holder := storetest.Hold(t, dead, "lock", "1")
	storetest.Within(t, 10*time.Second, holder.Guard)
	dead.Close()
	s, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if e, err := s.Get(t.Context(), "lock"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %+v (%v), want nothing", e, err)
	}
	next := storetest.Hold(t, s, "lock", "1")
	storetest.Within(t, 10*time.Second, next.Guard)
	next.Close()
	storetest.Within(t, 10*time.Second, next.Ended)
}
