package http1

import (
	"sync/atomic"
	"time"
)

// clock gives the time as Date fields have it, formatted once a second.
type clock struct{ last atomic.Pointer[date] }

type date struct {
	second int64
	text   []byte
}

// date is the Date of now. The result must not be changed.
func (c *clock) date(now time.Time) []byte {
	d := c.last.Load()
	if d == nil || d.second != now.Unix() {
		d = &date{now.Unix(), now.UTC().AppendFormat(nil, "Mon, 02 Jan 2006 15:04:05 GMT")}
		c.last.Store(d)
	}
	return d.text
}
