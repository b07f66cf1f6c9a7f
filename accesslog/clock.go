package accesslog

import "time"

// clock prints the time at which a line is written. What a second prints as is
// kept for the lines that follow within it.
type clock struct {
	now    time.Time // local, with its true offset
	second int64
	common []byte // 02/Jan/2006:15:04:05 -0700
	date   []byte // 2006-01-02T15:04:05
	zone   []byte // Z or +01:00
}

func (c *clock) set(now time.Time) {
	c.now = now
	if s := now.Unix(); s != c.second || c.common == nil {
		c.second = s
		c.common = now.AppendFormat(c.common[:0], "02/Jan/2006:15:04:05 -0700")
		c.date = now.AppendFormat(c.date[:0], "2006-01-02T15:04:05")
		c.zone = now.AppendFormat(c.zone[:0], "Z07:00")
	}
}

// appendRFC3339 prints the time with a number of decimals.
func (c *clock) appendRFC3339(b []byte, decimals int) []byte {
	b = append(b, c.date...)
	if decimals > 0 {
		b = append(b, '.')
		b = appendDecimals(b, int64(c.now.Nanosecond()), decimals)
	}
	return append(b, c.zone...)
}

// appendDecimals prints the first decimals, 1 to 9, of a part of a second.
func appendDecimals(b []byte, nanoseconds int64, decimals int) []byte {
	for range 9 - decimals {
		nanoseconds /= 10
	}
	at := len(b)
	for range decimals {
		b = append(b, '0')
	}
	for i := at + decimals - 1; i >= at; i-- {
		b[i] += byte(nanoseconds % 10)
		nanoseconds /= 10
	}
	return b
}
