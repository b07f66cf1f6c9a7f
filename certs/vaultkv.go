package certs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// inVault are secrets below a path of Vault's KV engine, version 1 or 2. Each has
// a chain of certificates in cert and its key in key.
type inVault struct {
	vault *vault
	path  string
	keys  bool // whether the keys are wanted; authorities have none
}

// mount is where the engine of a path is mounted.
type mount struct {
	Path    string            `json:"path"`
	Options map[string]string `json:"options"`
}

func (k *inVault) read(ctx context.Context) (texts []text, err error) {
	defer k.vault.client.CloseIdleConnections()
	m, err := k.mount(ctx)
	if err != nil {
		return nil, err
	}
	names, err := k.list(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, "/") {
			texts = append(texts, k.secret(ctx, m, name)...)
		}
	}
	return texts, ctx.Err()
}

// mount asks which version of the engine it is. Servers of before version 2 do
// not know the question.
func (k *inVault) mount(ctx context.Context) (m mount, err error) {
	err = k.vault.ask(ctx, http.MethodGet, "sys/internal/ui/mounts/"+escaped(k.path), nil, &m)
	if answered(err, http.StatusNotFound) {
		return mount{}, nil
	}
	return m, err
}

// at is the path for what is to be done: metadata or data.
func (m mount) at(what, path string) string {
	path = strings.Trim(path, "/")
	if m.Options["version"] != "2" {
		return escaped(path)
	}
	base := strings.Trim(m.Path, "/")
	return escaped(base + "/" + what + strings.TrimPrefix(path, base))
}

// list lists the secrets. None is no error.
func (k *inVault) list(ctx context.Context, m mount) ([]string, error) {
	var data struct{ Keys []string }
	err := k.vault.ask(ctx, http.MethodGet, m.at("metadata", k.path)+"?list=true", nil, &data)
	if answered(err, http.StatusNotFound) {
		return nil, nil
	}
	if err == nil {
		err = counted(len(data.Keys))
	}
	return data.Keys, err
}

// secret reads one secret, by the names that byName pairs.
func (k *inVault) secret(ctx context.Context, m mount, name string) []text {
	full := strings.Trim(k.path, "/") + "/" + name
	chain, key := text{name: full + certEnd}, text{name: full + keyEnd}
	var fields map[string]json.RawMessage
	err := k.vault.ask(ctx, http.MethodGet, m.at("data", full), nil, &fields)
	if inner, ok := fields["data"]; ok && m.Options["version"] == "2" && err == nil {
		fields = nil
		if !jsonInto(inner, &fields) {
			err = errors.New("the secret has no fields")
		}
	}
	if err != nil {
		chain.err = err
	} else {
		chain.data, chain.err = field(fields, "cert")
	}
	if !k.keys {
		return []text{chain}
	}
	if err == nil {
		key.data, key.err = field(fields, "key")
	}
	return []text{chain, key}
}

// field is a text field of a secret.
func field(fields map[string]json.RawMessage, name string) ([]byte, error) {
	var s string
	if !jsonInto(fields[name], &s) || len(s) > maxText {
		return nil, fmt.Errorf("the secret has no text field %s of at most %d bytes", name, maxText)
	}
	return []byte(s), nil
}

func jsonInto(text json.RawMessage, v any) bool { return json.Unmarshal(text, v) == nil }
