package certs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"weir/store/consulkv"
)

// inConsul are the values of Consul's KV at a key and below it.
type inConsul struct {
	key    string
	client *consulkv.Client
}

// newInConsul reads fabio's URL of a key, http://AGENT/v1/kv/KEY?token=TOKEN. The
// error does not hold it.
func newInConsul(at string) (*inConsul, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("want a URL such as http://127.0.0.1:8500/v1/kv/certs")
	}
	key, ok := strings.CutPrefix(u.Path, "/v1/kv/")
	if key = strings.Trim(key, "/"); !ok || key == "" {
		return nil, errors.New("want a URL whose path is /v1/kv/ and a key, such as http://127.0.0.1:8500/v1/kv/certs")
	}
	agent := consulkv.Agent{Address: u.Scheme + "://" + u.Host, Token: u.Query().Get("token"), RequireConsistent: true}
	client, err := agent.Dial()
	if err != nil {
		return nil, err
	}
	return &inConsul{key: key, client: client}, nil
}

func (c *inConsul) watch(ctx context.Context, each func([]text, error)) {
	defer c.client.Close()
	_ = consulkv.Follow(ctx, time.Second, c.list, func(texts []text, err error) {
		if err != nil {
			err = fmt.Errorf("consul %s, key %s: %w", c.client.Address(), c.key, err)
		}
		each(texts, err)
	})
}

// list blocks until there is something newer than index.
func (c *inConsul) list(ctx context.Context, index uint64) (texts []text, next uint64, err error) {
	q, cancel := c.client.Options(ctx, index)
	defer cancel()
	pairs, meta, err := c.client.KV().List(c.key, q)
	if err == nil {
		err = consulkv.Trust(meta)
	}
	if err == nil {
		err = counted(len(pairs))
	}
	if err != nil {
		return nil, 0, err
	}
	for _, p := range pairs {
		inside := p.Key == c.key || strings.HasPrefix(p.Key, c.key+"/")
		if !inside || strings.HasSuffix(p.Key, "/") {
			continue
		}
		t := text{name: p.Key, data: p.Value}
		if len(p.Value) > maxText {
			t = text{name: p.Key, err: fmt.Errorf("has more than %d bytes", maxText)}
		}
		texts = append(texts, t)
	}
	return texts, meta.LastIndex, nil
}
