package route

import "sync/atomic"

// Live holds the current table. Readers take it once and keep it for the whole
// request; only the publisher stores. The zero value holds an empty table.
type Live struct{ p atomic.Pointer[Table] }

// Load returns the current table, never nil.
func (l *Live) Load() *Table {
	if t := l.p.Load(); t != nil {
		return t
	}
	return &Table{}
}

// Store makes t the current table.
func (l *Live) Store(t *Table) { l.p.Store(t) }
