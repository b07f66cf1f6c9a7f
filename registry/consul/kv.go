package consul

import (
	"context"
	"fmt"
	"strings"

	"weir/route"
	"weir/store/consulkv"
)

// commands is the query of the route commands: the key kvPath itself, then
// those below it in the order of keys.
func (s *Source) commands(ctx context.Context, index uint64) ([]route.Commands, uint64, error) {
	q, cancel := s.client.Options(ctx, index)
	defer cancel()
	pairs, meta, err := s.client.KV().List(s.kvPath, q)
	if err == nil {
		err = consulkv.Trust(meta)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("kv %s: %w", s.kvPath, err)
	}
	var list []route.Commands
	for _, pair := range pairs {
		// Consul compares the prefix as text: fabio/config2 begins like fabio/config.
		if rest := strings.TrimPrefix(pair.Key, s.kvPath); len(pair.Value) > 0 && (rest == "" || rest[0] == '/') {
			list = append(list, route.Commands{Source: "kv " + pair.Key, Text: string(pair.Value)})
		}
	}
	return list, meta.LastIndex, nil
}

// page is the query of the page for requests without a route.
func (s *Source) page(ctx context.Context, index uint64) (string, uint64, error) {
	q, cancel := s.client.Options(ctx, index)
	defer cancel()
	pair, meta, err := s.client.KV().Get(s.noRoute, q)
	if err == nil {
		err = consulkv.Trust(meta)
	}
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("kv %s: %w", s.noRoute, err)
	case pair == nil:
		return "", meta.LastIndex, nil
	}
	return string(pair.Value), meta.LastIndex, nil
}
