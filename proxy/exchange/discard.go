package exchange

import "errors"

// discard is the Reply of a copy: it drops the answer, and refuses more of it
// than is left to read.
type discard struct{ left int64 }

var errEnough = errors.New("nobody reads the rest of a copy's answer")

func (d *discard) Interim(int, []Field) error           { return nil }
func (d *discard) Head(int, []Field, int64, bool) error { return nil }
func (d *discard) Flush() error                         { return nil }
func (d *discard) End([]Field) error                    { return nil }
func (d *discard) Upgrade([]Field) (Stream, error)      { return nil, errEnough }
func (d *discard) Abort()                               {}

func (d *discard) Write(p []byte) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errEnough
	}
	return len(p), nil
}
