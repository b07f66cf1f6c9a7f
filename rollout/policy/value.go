package policy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration whose text is "5m" or "1m30s".
type Duration time.Duration

// maxDuration bounds a duration: sums of those of a whole policy fit.
const maxDuration = 366 * 24 * time.Hour

// Of is the duration as the standard library has it.
func (d Duration) Of() time.Duration { return time.Duration(d) }

// String prints without needless zeros: "5m", not "5m0s".
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration reads, up to 366 days.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 || v > maxDuration {
		return fmt.Errorf("want a duration such as 30s, 5m or 1h30m, up to %s", Duration(maxDuration))
	}
	*d = Duration(v)
	return nil
}

// Percent is a fraction whose text is "0.5%".
type Percent float64

// String prints "0.5%".
func (p Percent) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*1e10)/1e8, 'f', -1, 64) + "%"
}

// MarshalText is String.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a percentage above 0.
func (p *Percent) UnmarshalText(text []byte) error {
	number, ok := strings.CutSuffix(string(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || !(v >= 1e-7 && v <= 100) {
		return fmt.Errorf("want a percentage above 0%% and up to 100%%, such as 0.5%%")
	}
	*p = Percent(v / 100)
	return nil
}

// Rate is a number a second whose text is "50/s".
type Rate int

// String prints "50/s".
func (r Rate) String() string { return strconv.Itoa(int(r)) + "/s" }

// MarshalText is String.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String prints, from 1/s to 1000000/s.
func (r *Rate) UnmarshalText(text []byte) error {
	number, ok := strings.CutSuffix(string(text), "/s")
	v, err := strconv.Atoi(number)
	if !ok || err != nil || v < 1 || v > 1e6 {
		return fmt.Errorf("want a rate from 1/s to 1000000/s, such as 50/s")
	}
	*r = Rate(v)
	return nil
}
