// Package secret is what the proxies of a fleet sign cookies with, and derive the
// keys of TLS session tickets from: made by the first one that needs it, kept in the
// store, and in a file for a start without the store. Who knows it can choose the
// cohort it is in, take a proxy's part when the leader asks proxies what they have
// counted, and read session tickets.
package secret

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"weir/store"
)

// key is where the secret is in the store.
const key = "v1/cohort-secret"

// Bounds of a secret, in bytes.
const (
	least = 16
	most  = 256
)

// wait bounds how long the store may take.
const wait = 5 * time.Second

// Shared is the secret of a fleet.
type Shared struct {
	Store store.Store
	File  string // keeps it for the next start; empty: none
}

// Get returns the secret, which never changes. It makes one if there is none.
// While the store is away it is that of the file. With an error it comes where
// only the file could not be written.
func (s *Shared) Get(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	kept, lost := s.kept()
	e, err := s.Store.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		e, err = s.make(ctx, kept)
	}
	switch {
	case err != nil && kept != nil:
		return kept, nil
	case err != nil:
		return nil, errors.Join(err, lost)
	}
	if err := check(e.Value); err != nil {
		return nil, fmt.Errorf("%s in the store: %w; delete it", key, err)
	}
	return e.Value, s.keep(kept, e.Value)
}

// make writes the one that was kept, or a new one, unless somebody else is first.
func (s *Shared) make(ctx context.Context, kept []byte) (store.Entry, error) {
	if kept == nil {
		kept = []byte(rand.Text()) // 26 characters
	}
	e, err := s.Store.CompareAndSet(ctx, key, kept, 0)
	var conflict *store.ConflictError
	if errors.As(err, &conflict) && conflict.Current.Index != 0 {
		return conflict.Current, nil
	}
	return e, err
}

// kept is the secret of the file; nil when there is none, or none that is good.
func (s *Shared) kept() ([]byte, error) {
	if s.File == "" {
		return nil, nil
	}
	text, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = check(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	return text, nil
}

func (s *Shared) keep(kept, now []byte) error {
	if s.File == "" || bytes.Equal(kept, now) {
		return nil
	}
	return store.WriteFile(s.File, now)
}

func check(secret []byte) error {
	if len(secret) < least || len(secret) > most {
		return fmt.Errorf("the secret for cookies has %d bytes, want %d to %d", len(secret), least, most)
	}
	return nil
}
