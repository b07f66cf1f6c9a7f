package secret_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"weir/rollout/secret"
	"weir/store"
	"weir/store/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) store.Store {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// away is a store that cannot be reached.
type away struct{ store.Store }

func (away) Get(context.Context, string) (store.Entry, error) {
	return store.Entry{}, errors.New("connection refused")
}

// TestAFleetHasOne lets many proxies ask at once.
func TestAFleetHasOne(t *testing.T) {
	s := open(t)
	var mu sync.Mutex
	seen := map[string]int{}
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			got, err := (&secret.Shared{Store: s}).Get(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if seen[string(got)]++; err != nil || len(got) < 26 {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	asking.Wait()
	if len(seen) != 1 {
		t.Errorf("the fleet has %d secrets", len(seen))
	}
}

// TestItOutlivesTheStore keeps it in a file for a start without the store, and
// brings it back where it was deleted.
func TestItOutlivesTheStore(t *testing.T) {
	s, file := open(t), filepath.Join(t.TempDir(), "secret")
	first, err := (&secret.Shared{Store: s, File: file}).Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for name, other := range map[string]store.Store{"away": away{}, "empty": open(t)} {
		if got, err := (&secret.Shared{Store: other, File: file}).Get(t.Context()); err != nil || string(got) != string(first) {
			t.Errorf("%s: %q, %v; want the first one", name, got, err)
		}
	}
	if _, err := (&secret.Shared{Store: away{}}).Get(t.Context()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("without a file: %v", err)
	}
}

// TestWhatIsNoSecret is said, by its name.
func TestWhatIsNoSecret(t *testing.T) {
	s, file := open(t), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&secret.Shared{Store: away{}, File: file}).Get(t.Context()); err == nil || !strings.Contains(err.Error(), file+": the secret for cookies has 5 bytes, want 16 to 256") {
		t.Error(err)
	}
	if got, err := (&secret.Shared{Store: s, File: file}).Get(t.Context()); err != nil || len(got) < 26 {
		t.Errorf("a bad file is not replaced: %q, %v", got, err)
	}
	e, err := s.Get(t.Context(), "v1/cohort-secret")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CompareAndSet(t.Context(), e.Key, []byte("x"), e.Index); err != nil {
		t.Fatal(err)
	}
	if _, err := (&secret.Shared{Store: s}).Get(t.Context()); err == nil || !strings.Contains(err.Error(), "v1/cohort-secret in the store: the secret for cookies has 1 bytes") {
		t.Error(err)
	}
}
