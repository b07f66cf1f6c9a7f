package testenv

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Blocking is the part of a stand-in for Nomad that all of them have: what is
// known has an index, and a read that names the current one waits for the next.
// Its lock guards what is known. Use NewBlocking.
type Blocking struct {
	sync.Mutex

	changed chan struct{} // closed and replaced at each change
	index   int
}

// NewBlocking makes one that has had no change.
func NewBlocking() *Blocking { return &Blocking{changed: make(chan struct{}), index: 100} }

// Change changes what is known, and ends the reads that wait.
func (b *Blocking) Change(do func()) {
	b.Lock()
	defer b.Unlock()
	do()
	b.index++
	close(b.changed)
	b.changed = make(chan struct{})
}

// Rewind lets the next index be the one after index, as a Nomad has that was
// restored. Reads that wait go on waiting.
func (b *Blocking) Rewind(index int) {
	b.Lock()
	defer b.Unlock()
	b.index = index
}

// Wait returns when a read that waits has its answer, or its time is over.
func (b *Blocking) Wait(r *http.Request) {
	b.Lock()
	changed, now := b.changed, b.index
	b.Unlock()
	d, _ := time.ParseDuration(r.URL.Query().Get("wait"))
	if r.URL.Query().Get("index") != strconv.Itoa(now) || d == 0 {
		return
	}
	select {
	case <-changed:
	case <-r.Context().Done():
	case <-time.After(d):
	}
}

// Answer writes what is known, or that it is not there. The lock is held.
func (b *Blocking) Answer(w http.ResponseWriter, answer any, ok bool) {
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("X-Nomad-Index", strconv.Itoa(b.index))
	_ = json.NewEncoder(w).Encode(answer)
}
