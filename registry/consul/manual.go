package consul

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/consul/api"

	"weir/store"
	"weir/store/consulkv"
)

// maxManual bounds a text in bytes, as Consul's KV does.
const maxManual = 512 << 10

// Manual reads and writes the texts of route commands in the KV. A path is ""
// for the key KVPath itself, or "/a" for one below it.
type Manual struct{ s *Source }

// Manual gives access to the texts that the source reads. It is safe for
// concurrent use.
func (s *Source) Manual() *Manual { return &Manual{s} }

// Paths lists the paths that hold a text, sorted.
func (m *Manual) Paths(ctx context.Context) ([]string, error) {
	q, cancel := m.s.client.Options(ctx, 0)
	defer cancel()
	keys, meta, err := m.s.client.KV().Keys(m.s.kvPath, "", q)
	if err == nil {
		err = consulkv.Trust(meta)
	}
	if err != nil {
		return nil, fmt.Errorf("consul kv %s: %w", m.s.kvPath, err)
	}
	var paths []string
	for _, key := range keys {
		if path := strings.TrimPrefix(key, m.s.kvPath); path == "" || path[0] == '/' {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// Read returns a text and its version; both are zero when there is none.
func (m *Manual) Read(ctx context.Context, path string) (text string, version uint64, err error) {
	key, err := m.key(path)
	if err != nil {
		return "", 0, err
	}
	q, cancel := m.s.client.Options(ctx, 0)
	defer cancel()
	pair, meta, err := m.s.client.KV().Get(key, q)
	if err == nil {
		err = consulkv.Trust(meta)
	}
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("consul kv %s: %w", key, err)
	case pair == nil:
		return "", 0, nil
	}
	return string(pair.Value), pair.ModifyIndex, nil
}

// Write stores a text. One that does not exist yet is made, whatever the
// version; else the version must be the one that Read gave, or it returns a
// *store.ConflictError.
func (m *Manual) Write(ctx context.Context, path, text string, version uint64) error {
	key, err := m.key(path)
	if err != nil {
		return err
	}
	if len(text) > maxManual {
		return fmt.Errorf("the text for %s has %d bytes, at most %d fit", key, len(text), maxManual)
	}
	for _, index := range []uint64{0, version} {
		pair := &api.KVPair{Key: key, Value: []byte(text), ModifyIndex: index}
		done, _, err := m.s.client.KV().CAS(pair, (&api.WriteOptions{}).WithContext(ctx))
		if err != nil {
			return fmt.Errorf("consul kv %s: %w", key, err)
		}
		if done {
			return nil
		}
	}
	now, at, err := m.Read(ctx, path)
	if err != nil {
		return err
	}
	return &store.ConflictError{Key: key, Current: store.Entry{Key: key, Value: []byte(now), Index: at}}
}

// key is the key of a path.
func (m *Manual) key(path string) (string, error) {
	if path != "" && path[0] != '/' {
		return "", fmt.Errorf("path %q is neither empty nor begins with a slash", path)
	}
	key := m.s.kvPath + path
	return key, store.Check(key, nil)
}
