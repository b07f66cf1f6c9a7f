package consulkv

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/consul/api"

	"weir/store"
)

// Times of a lock. A session that is not renewed ends after sessionTTL at the
// earliest, the least that Consul takes, and after twice that at the latest:
// https://developer.hashicorp.com/consul/docs/automate/session. For lockDelay
// nobody gets the lock of a session that ended so. It may be short because a
// holder that does not know cannot write: see commit.
const (
	sessionTTL = 10 * time.Second
	lockDelay  = time.Second
	letGo      = 2 * time.Second // for the calls that let go of a lock
)

// lock is one try for a lock.
type lock struct {
	store   *Store
	key     string // with the prefix of the store
	session string
	renewed time.Time // when the session was made or renewed last
}

// Lock implements store.Store with a session, which it renews.
func (s *Store) Lock(ctx context.Context, key string, value []byte, hold func(context.Context, store.Guard)) error {
	if err := store.Check(key, value); err != nil {
		return err
	}
	l := &lock{store: s, key: s.prefix + key}
	if err := l.open(ctx); err != nil {
		return l.wrap(ctx, err)
	}
	defer l.close(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	life, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	running.Go(func() { l.renew(life, lose) })
	if err := l.acquire(life, value); err != nil {
		return l.wrap(life, err)
	}
	running.Go(func() { l.monitor(life, lose) })
	hold(life, l)
	if context.Cause(life) == store.ErrLockLost {
		return store.ErrLockLost
	}
	return nil
}

// Commit implements store.Guard.
func (l *lock) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	return l.store.commit(ctx, l, writes)
}

// wrap gives an error the name of the lock; where ctx has ended it is its cause.
func (l *lock) wrap(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("consul lock %s: %w", l.key, err)
}

// open makes the session. It hangs on no check of the node: a weir whose agent
// is restarted goes on.
func (l *lock) open(ctx context.Context) (err error) {
	w, cancel := l.writing(ctx, grace)
	defer cancel()
	l.renewed = time.Now()
	l.session, _, err = l.store.client.Session().CreateNoChecks(&api.SessionEntry{
		Name: l.key, TTL: sessionTTL.String(), LockDelay: lockDelay, Behavior: api.SessionBehaviorDelete,
	}, w)
	return err
}

// close removes the key, which unlike the end of a session makes nobody wait,
// and then the session.
func (l *lock) close(ctx context.Context) {
	w, cancel := l.writing(ctx, letGo)
	defer cancel()
	q := (&api.QueryOptions{}).WithContext(w.Context())
	l.store.client.Txn().Txn(api.TxnOps{
		{KV: l.check()}, {KV: &api.KVTxnOp{Verb: api.KVDelete, Key: l.key}},
	}, q)
	l.store.client.Session().Destroy(l.session, w)
}

func (l *lock) check() *api.KVTxnOp {
	return &api.KVTxnOp{Verb: api.KVCheckSession, Key: l.key, Session: l.session}
}

func (l *lock) writing(ctx context.Context, limit time.Duration) (*api.WriteOptions, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	return (&api.WriteOptions{}).WithContext(ctx), cancel
}
