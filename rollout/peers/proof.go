package peers

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
)

// proofHeader carries the proof that both sides know the fleet's secret.
const proofHeader = "Weir-Peer"

// Secret gives the secret that all proxies of a fleet share, which never
// changes.
type Secret func(context.Context) ([]byte, error)

// Key is made of the secret once it can be read. It is safe for concurrent use.
type Key struct {
	Secret Secret

	mu  sync.Mutex
	key []byte
}

// get makes the key, which is good for nothing else that the secret is good for.
func (k *Key) get(ctx context.Context) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	secret, err := k.Secret(ctx)
	if len(secret) == 0 {
		return nil, fmt.Errorf("cannot read the secret of the fleet: %w", err)
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("weir peers"))
	k.key = m.Sum(nil)
	return k.key, nil
}

// question is one question and its number, which is used once.
type question struct {
	key    []byte
	number string
}

func (k *Key) ask(ctx context.Context) (question, error) {
	key, err := k.get(ctx)
	return question{key, rand.Text()}, err
}

// asked is the question of a header; false when no proxy of the fleet asks.
func (k *Key) asked(ctx context.Context, header string) (question, bool) {
	number, mac, ok := strings.Cut(header, ".")
	if !ok || len(header) > 200 {
		return question{}, false
	}
	key, err := k.get(ctx)
	q := question{key, number}
	return q, err == nil && hmac.Equal([]byte(mac), []byte(q.mac("ask", nil)))
}

func (q question) header() string { return q.number + "." + q.mac("ask", nil) }

// answer is the proof of an answer to this question.
func (q question) answer(text []byte) string { return q.mac("answer", text) }

func (q question) proves(text []byte, proof string) bool {
	return hmac.Equal([]byte(proof), []byte(q.answer(text)))
}

func (q question) mac(what string, text []byte) string {
	m := hmac.New(sha256.New, q.key)
	fmt.Fprintf(m, "%s\n%s\n", what, q.number)
	m.Write(text)
	return hex.EncodeToString(m.Sum(nil))
}
