package route

import (
	"fmt"
	"strconv"
	"strings"
)

// Weight is a share in basis points, 0 to 10000. It prints as percent.
type Weight int

// Full is the whole share, 100 %.
const Full Weight = 10000

// String prints the weight as percent without needless zeros: "25%", "0.05%".
func (w Weight) String() string {
	return strconv.FormatFloat(float64(w)/100, 'f', -1, 64) + "%"
}

// ParseWeight reads "25%", "0.5%" or a fraction such as "0.25" and rounds to
// whole basis points. An error names the text and the accepted forms.
func ParseWeight(s string) (Weight, error) {
	num, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	if err == nil && !percent {
		f *= 100
	}
	if err != nil || !(f >= 0 && f <= 100) {
		return 0, fmt.Errorf("weight %q is not between 0%% and 100%% (write 25%% or 0.25)", s)
	}
	return Weight(f*100 + 0.5), nil
}

// MarshalText prints the weight as percent, so that JSON carries "25%".
func (w Weight) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what ParseWeight reads.
func (w *Weight) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWeight(string(b))
	return err
}
