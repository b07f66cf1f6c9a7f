package detect

import "time"

// Emerging is a version that has come and is not taken up yet. The zero value
// is none.
type Emerging struct {
	Key     string        `json:"key"`
	Present time.Duration `json:"present_ns"` // seen without a break
	Passing time.Duration `json:"passing_ns"` // enough of its instances passed without a break
}
