package route

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what a route may ask for. Times are looked at once a second.
const (
	minTime    = time.Second
	maxTime    = 24 * time.Hour
	maxRetries = 5
)

// readTime reads timeout= and idle=.
func (s *settings) readTime(o option) error {
	d, err := time.ParseDuration(o.value)
	if err != nil || d < minTime || d > maxTime {
		return fmt.Errorf("%s=%s is not a time from %v to %v, such as 30s", o.key, clip(o.value, 40), minTime, maxTime)
	}
	if o.key == "timeout" {
		s.timeout = d
	} else {
		s.idle = d
	}
	return nil
}

// checkHTTP notes what has an effect on HTTP only.
func (t *Target) checkHTTP() {
	set := t.settings
	if !t.Passthrough() {
		return
	}
	if set.timeout > 0 {
		set.notes = append(set.notes, "option timeout= has no effect on TCP connections; idle= has")
	}
	if set.request != nil || set.answer != nil {
		set.notes = append(set.notes, "header fields are not edited on TCP connections")
	}
}

// Timeout is how long a request may take at the target until its answer is
// complete, counted from its beginning; 0 leaves it to the proxy.
func (t *Target) Timeout() time.Duration { return t.settings.timeout }

// Idle is how long the target may be silent before and in an answer, or both sides
// of a TCP connection; 0 leaves it to the proxy.
func (t *Target) Idle() time.Duration { return t.settings.idle }

// retrying says after which answers another target is asked.
type retrying struct {
	times    int    // per request
	statuses []byte // the last two digits of a 5xx
	timeout  bool   // no answer in time
}

// read reads retry= and retryon=.
func (r *retrying) read(o option) error {
	if o.key == "retry" {
		n, err := strconv.Atoi(o.value)
		if err != nil || n < 0 || n > maxRetries {
			return fmt.Errorf("retry=%s is not a number from 0 to %d", clip(o.value, 40), maxRetries)
		}
		r.times = n
		return nil
	}
	for word := range strings.SplitSeq(o.value, ",") {
		n, err := strconv.Atoi(word)
		switch {
		case word == "timeout":
			r.timeout = true
		case word == "5xx":
			for status := range byte(100) {
				r.statuses = append(r.statuses, status)
			}
		case err == nil && 500 <= n && n <= 599:
			r.statuses = append(r.statuses, byte(n-500))
		default:
			return fmt.Errorf("retryon=%s: %q is none of timeout, 5xx, 500 to 599", clip(o.value, 100), clip(word, 40))
		}
	}
	return nil
}

// Retries is how many other targets may be asked after one has answered what
// RetryOn names. Zero is usual.
func (r *Route) Retries() int { return r.retrying.times }

// RetryOn reports whether another target may be asked after an answer with a
// status, where 0 is none in time: without retryon= after 502, 503 and 504.
func (r *Route) RetryOn(status int) bool {
	switch on := &r.retrying; {
	case status == 0:
		return on.timeout
	case on.statuses == nil && !on.timeout:
		return status == 502 || status == 503 || status == 504
	default:
		return status >= 500 && status <= 599 && slices.Contains(on.statuses, byte(status-500))
	}
}

// Others is how many targets may be picked besides t.
func (r *Route) Others(t *Target) (n int) {
	for i := range r.parts {
		if p := &r.parts[i]; !r.closed || len(p.targets) > 0 && p.targets[0].variant == t.variant {
			n += len(p.targets)
		}
	}
	return n - 1
}
