package consulkv_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/store"
	"weir/store/consulkv"
	"weir/store/storetest"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }

func open(t *testing.T, addr, prefix string) *consulkv.Store {
	t.Helper()
	s, err := consulkv.Open(consulkv.Agent{Address: addr}, prefix)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		consul := testenv.SharedConsul(t)
		return func(t *testing.T) (store.Store, func()) {
			s := open(t, consul.Addr, "/"+consul.Key("weir"))
			return s, func() { s.Close() }
		}
	})
}

func TestFoldersAndOtherPrefixesAreNotEntries(t *testing.T) {
	consul := testenv.SharedConsul(t)
	consul.PutKV(consul.Key("weir/v1/"), "")
	consul.PutKV(consul.Key("weir/v1/a"), "1")
	consul.PutKV(consul.Key("weirdo/v1/b"), "1")
	entries, err := open(t, consul.Addr, consul.Key("weir")).List(t.Context(), "")
	if err != nil || len(entries) != 1 || entries[0].Key != "v1/a" {
		t.Error(entries, err)
	}
}

func TestAnOutageEndsNoWatch(t *testing.T) {
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	s := open(t, relay.Addr, consul.Key("weir"))
	ctx, cancel := context.WithCancel(t.Context())
	said, done := make(chan string, 100), make(chan error)
	go func() {
		done <- s.Watch(ctx, "", func(entries []store.Entry, err error) {
			if err != nil {
				said <- "error"
				return
			}
			said <- strings.Repeat("entry ", len(entries))
		})
	}()
	next := func(want string) {
		t.Helper()
		for {
			select {
			case got := <-said:
				if got == want {
					return
				}
			case <-time.After(15 * time.Second):
				t.Fatalf("the watch never said %q", want)
			}
		}
	}
	next("")
	relay.Cut()
	next("error")
	consul.PutKV(consul.Key("weir/a"), "1")
	if _, err := s.Get(t.Context(), "a"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("error %v, want one of the connection", err)
	}
	relay.Mend()
	next("entry ")
	cancel()
	<-done
}

func TestAnAgentWithoutALeaderIsNotBelieved(t *testing.T) {
	consul := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, consul)
	s := open(t, relay.Addr, consul.Key("weir"))
	relay.Header("/v1/kv/", "X-Consul-KnownLeader", "false")
	if _, err := s.List(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "no leader") {
		t.Errorf("error %v, want one that says there is no leader", err)
	}
}
