// Package journal keeps in a store who changed what through the admin API.
package journal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"weir/store"
)

// folder holds the entries, a key each, in the order of time.
const folder = "v1/journal/"

// Bounds. The oldest entries are removed now and then, so that for a while there
// may be some more.
const (
	most      = 1000
	pruneEach = 20       // entries
	maxState  = 16 << 10 // bytes of before and after, each
	maxPrune  = store.MaxWrites
)

// Entry is one change.
type Entry struct {
	At      time.Time       `json:"at"`
	By      string          `json:"by,omitempty"`
	Via     string          `json:"via,omitempty"`    // token, password, certificate or oidc; empty: nobody had to log in
	Client  string          `json:"client,omitempty"` // address
	Request string          `json:"request"`          // ID of the request
	Action  string          `json:"action"`           // "put-weights"
	Scope   string          `json:"scope"`            // "service/web", "policy/web", "override/canary"
	Reason  string          `json:"reason,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"` // absent: there was nothing
	After   json.RawMessage `json:"after,omitempty"`  // absent: there is nothing
}

// Journal writes and reads entries. It is safe for concurrent use.
type Journal struct {
	Store store.Store
	Log   *slog.Logger

	written atomic.Uint64
}

// Add keeps an entry and logs it. The change is made by then, so an entry that
// the store does not take is only in the log.
func (j *Journal) Add(ctx context.Context, e Entry) {
	e.Before, e.After = bounded(e.Before), bounded(e.After)
	j.Log.Info("changed", "action", e.Action, "scope", e.Scope, "by", e.By, "via", e.Via, "client", e.Client,
		"request", e.Request, "reason", e.Reason, "before", string(e.Before), "after", string(e.After))
	text, err := json.Marshal(e)
	if err == nil {
		_, err = j.Store.CompareAndSet(ctx, keyOf(e.At), text, 0)
	}
	if err == nil && j.written.Add(1)%pruneEach == 1 {
		err = j.prune(ctx)
	}
	if err != nil {
		j.Log.Error("the store does not take an entry of the audit, it is in the log only", "request", e.Request, "error", err)
	}
}

// keyOf is a new key that sorts by time.
func keyOf(at time.Time) string {
	return folder + at.UTC().Format("20060102T150405.000000000") + "-" + strings.ToLower(rand.Text()[:10])
}

// bounded keeps a large state from filling the store.
func bounded(state json.RawMessage) json.RawMessage {
	if len(state) <= maxState {
		return state
	}
	return json.RawMessage(fmt.Sprintf(`{"bytes":%d}`, len(state)))
}

// List returns the entries that can be read, newest first.
func (j *Journal) List(ctx context.Context) (list []Entry, err error) {
	all, err := j.Store.List(ctx, folder)
	if err != nil {
		return nil, err
	}
	for _, one := range slices.Backward(all) {
		var e Entry
		if json.Unmarshal(one.Value, &e) == nil { // others have no business there
			list = append(list, e)
		}
	}
	return list, nil
}

// prune removes the oldest entries.
func (j *Journal) prune(ctx context.Context) error {
	all, err := j.Store.List(ctx, folder)
	if err != nil || len(all) <= most {
		return err
	}
	var old []store.Write
	for _, e := range all[:min(len(all)-most, maxPrune)] {
		old = append(old, store.Write{Key: e.Key, Index: e.Index, Delete: true})
	}
	_, err = j.Store.Commit(ctx, old...)
	return err
}
