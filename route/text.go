package route

import (
	"math"
	"strconv"
	"strings"
)

// print writes a line for each target: route, service/variant, share, address
// and what else there is to say.
func (r *Route) print(b *strings.Builder) {
	for _, v := range r.variants {
		for _, t := range v.Targets {
			line := []string{r.Key(), t.service + "/" + t.variant, percent(t.share), t.where()}
			if t.opts != "" {
				line = append(line, t.opts)
			}
			if !t.up {
				line = append(line, "down")
			}
			b.WriteString(strings.Join(line, "  ") + "\n")
		}
	}
}

// where is the address, with the scheme where it is not http.
func (t *Target) where() string {
	if t.dest.scheme == "http" {
		return t.dest.addr
	}
	return strings.TrimSuffix(t.dest.url, "/")
}

// percent prints a share with at most four decimals.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + "%"
}
