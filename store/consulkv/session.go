package consulkv

import (
	"context"
	"time"

	"github.com/hashicorp/consul/api"

	"weir/store"
)

// renew keeps the session alive until ctx ends. It gives up when the session is
// gone, or when Consul may have ended it without our knowing.
func (l *lock) renew(ctx context.Context, lose context.CancelCauseFunc) {
	for {
		deadline := l.renewed.Add(sessionTTL)
		Sleep(ctx, min(sessionTTL/4, time.Until(deadline)))
		if ctx.Err() != nil {
			return
		}
		start := time.Now()
		w, cancel := l.writing(ctx, max(0, deadline.Sub(start)))
		entry, _, err := l.store.client.Session().Renew(l.session, w)
		cancel()
		switch {
		case err == nil && entry != nil:
			l.renewed = start
		case err == nil || !time.Now().Before(deadline):
			lose(store.ErrLockLost)
			return
		}
	}
}

// acquire returns when the lock is ours.
func (l *lock) acquire(ctx context.Context, value []byte) error {
	for {
		w, cancel := l.writing(ctx, grace)
		got, _, err := l.store.client.KV().Acquire(&api.KVPair{Key: l.key, Value: value, Session: l.session}, w)
		cancel()
		if err != nil || got {
			return err
		}
		if err := l.await(ctx, func(holder string) bool { return holder == "" }); err != nil {
			return err
		}
		Sleep(ctx, lockDelay/10) // nobody has it, but nobody may until the delay is over
	}
}

// monitor loses the lock when somebody has taken it away.
func (l *lock) monitor(ctx context.Context, lose context.CancelCauseFunc) {
	for ctx.Err() == nil {
		if l.await(ctx, func(holder string) bool { return holder != l.session }) == nil {
			lose(store.ErrLockLost)
			return
		}
		Sleep(ctx, l.store.client.Retry())
	}
}

// await returns when the session that holds the lock, or "", is as wanted.
func (l *lock) await(ctx context.Context, wanted func(holder string) bool) error {
	var index uint64
	for {
		holder, next, err := l.holder(ctx, index)
		if err != nil || wanted(holder) {
			return err
		}
		if next < index {
			next = 0 // the servers were restored
		}
		index = next
		Sleep(ctx, gap)
	}
}

// held reports whether the lock is ours.
func (l *lock) held(ctx context.Context) (bool, error) {
	holder, _, err := l.holder(ctx, 0)
	return holder == l.session, err
}

// holder is the session that holds the lock, "" for none, and its index. With an
// index it waits for a newer one.
func (l *lock) holder(ctx context.Context, index uint64) (string, uint64, error) {
	q, cancel := l.store.client.Options(ctx, index)
	defer cancel()
	pair, meta, err := l.store.client.KV().Get(l.key, q)
	if err == nil {
		err = Trust(meta)
	}
	switch {
	case err != nil:
		return "", 0, err
	case pair == nil:
		return "", meta.LastIndex, nil
	}
	return pair.Session, meta.LastIndex, nil
}
