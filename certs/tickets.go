package certs

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// ticketTime is how long session tickets are made with one key. They are good
// for one to two times that.
const ticketTime = 12 * time.Hour

// ticketKeys derives the keys of session tickets that all proxies with the same
// secret have: the first makes tickets, and all read them. The key to come is
// there, too, since clocks differ. A ticket is good at listeners with the same
// source of certificates only.
func ticketKeys(secret []byte, source string, now time.Time) ([][32]byte, error) {
	period := now.Unix() / int64(ticketTime/time.Second)
	keys := make([][32]byte, 0, 3)
	for _, n := range []int64{period, period - 1, period + 1} {
		salt := binary.BigEndian.AppendUint64(nil, uint64(n))
		key, err := hkdf.Key(sha256.New, secret, salt, "weir session tickets of "+source, 32)
		if err != nil {
			return nil, err
		}
		keys = append(keys, [32]byte(key))
	}
	return keys, nil
}

// rotate sets the keys of session tickets until ctx ends. Without a secret they
// are Go's own, which no other proxy knows.
func (s *Sources) rotate(ctx context.Context) {
	for changed := s.changes(); !s.inUse() && ctx.Err() == nil; changed = s.changes() {
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	secret := s.secret(ctx)
	for ctx.Err() == nil {
		now, changed := time.Now(), s.changes()
		s.setKeys(secret, now)
		next := time.NewTimer(now.Truncate(ticketTime).Add(ticketTime).Sub(now))
		select {
		case <-ctx.Done():
		case <-changed:
		case <-next.C:
		}
		next.Stop()
	}
}

// inUse reports whether somebody ends TLS: only then a secret is asked for, which
// makes one.
func (s *Sources) inUse() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.made) > 0
}

// secret waits for the secret, until ctx ends. That it cannot be read is told once.
func (s *Sources) secret(ctx context.Context) []byte {
	for fails := 0; ctx.Err() == nil; fails++ {
		secret, err := s.Secret(ctx)
		if len(secret) > 0 {
			return secret
		}
		if fails == 0 && ctx.Err() == nil {
			s.Around.Log.Warn("session tickets are this proxy's own until the store can be read", "error", err)
		}
		sleep(ctx, backoff(fails))
	}
	return nil
}

// setKeys gives all configurations their keys.
func (s *Sources) setKeys(secret []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for use, conf := range s.made {
		keys, err := ticketKeys(secret, use.source.Name(), now)
		if err != nil {
			s.Around.Log.Error("no keys for session tickets", "error", err)
			return
		}
		conf.SetSessionTicketKeys(keys)
	}
}
