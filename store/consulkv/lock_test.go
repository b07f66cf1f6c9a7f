package consulkv_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"weir/internal/testenv"
	"weir/store"
	"weir/store/storetest"
)

var errNotYet = errors.New("not yet")

// sessionOf is the session that holds the key of a test.
func sessionOf(t *testing.T, c *testenv.Consul, key string) string {
	t.Helper()
	pair, _, err := client(t, c).KV().Get(c.Key(key), nil)
	if err != nil || pair == nil {
		t.Fatal(pair, err)
	}
	return pair.Session
}

func client(t *testing.T, c *testenv.Consul) *api.Client {
	t.Helper()
	conf := api.DefaultConfig()
	conf.Address, conf.Transport = c.Addr, &http.Transport{DisableKeepAlives: true}
	made, err := api.NewClient(conf)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestADeadHolderIsReplacedAndCannotWrite ends the session of a holder, as
// Consul does when it is not renewed in time.
func TestADeadHolderIsReplacedAndCannotWrite(t *testing.T) {
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	first, second := open(t, relay.Addr, consul.Key("weir")), open(t, consul.Addr, consul.Key("weir"))
	old := storetest.Hold(t, first, "lock", "first")
	stale := storetest.Within(t, 10*time.Second, old.Guard)
	next := storetest.Hold(t, second, "lock", "second")
	// The first is cut off, so that it does not know.
	relay.Cut()
	if _, err := client(t, consul).Session().Destroy(sessionOf(t, consul, "weir/lock"), nil); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	guard := storetest.Within(t, 10*time.Second, next.Guard)
	if delay := time.Since(start); delay < 500*time.Millisecond || delay > 5*time.Second {
		t.Errorf("the next holder came after %v, want about the lock delay", delay)
	}
	relay.Mend()
	if _, err := stale.Commit(t.Context(), store.Write{Key: "a", Value: []byte("stale")}); err != store.ErrLockLost {
		t.Errorf("error %v, want that the lock is lost", err)
	}
	if _, err := guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("good")}); err != nil {
		t.Error(err)
	}
	if err := storetest.Within(t, 15*time.Second, old.Ended); err != store.ErrLockLost {
		t.Errorf("the old holder ended with %v", err)
	}
}

// TestAHolderThatIsCutOffStopsInTime says that two never believe at the same
// time that they hold the lock.
func TestAHolderThatIsCutOffStopsInTime(t *testing.T) {
	t.Parallel()
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	holder := storetest.Hold(t, open(t, relay.Addr, consul.Key("weir")), "lock", "first")
	storetest.Within(t, 10*time.Second, holder.Guard)
	relay.Cut()
	cut := time.Now()
	next := storetest.Hold(t, open(t, consul.Addr, consul.Key("weir")), "lock", "second")
	select {
	case <-holder.Lost:
	case <-next.Guard:
		t.Fatal("the next has the lock while the first does not know")
	}
	if took := time.Since(cut); took > 11*time.Second {
		t.Errorf("it stopped after %v, want 10 s", took)
	}
	storetest.Within(t, 25*time.Second, next.Guard)
	if took := time.Since(cut); took > 22*time.Second {
		t.Errorf("the next got the lock after %v, want 21 s at most", took)
	}
}

// TestAHolderOutlivesAShortOutage says that nothing moves while Consul is away
// for less than the session lasts.
func TestAHolderOutlivesAShortOutage(t *testing.T) {
	t.Parallel()
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	holder := storetest.Hold(t, open(t, relay.Addr, consul.Key("weir")), "lock", "first")
	guard := storetest.Within(t, 10*time.Second, holder.Guard)
	relay.Cut()
	relay.Forget()
	testenv.Eventually(t, 10*time.Second, func() error {
		if len(relay.Requests()) < 2 {
			return errNotYet
		}
		return nil
	})
	relay.Mend()
	relay.Forget()
	testenv.Eventually(t, 15*time.Second, func() error {
		for _, path := range relay.Requests() {
			if strings.HasPrefix(path, "/v1/session/renew/") {
				return nil
			}
		}
		return errNotYet
	})
	if _, err := guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("1")}); err != nil {
		t.Error(err)
	}
	select {
	case <-holder.Lost:
		t.Error("the lock was lost")
	default:
	}
}
