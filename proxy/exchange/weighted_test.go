package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestWeighted(t *testing.T) {
	for value, want := range map[string]string{
		"gzip":                                    "gzip 1000",
		"gzip, br;q=0.5 , *;q=0":                  "gzip 1000|br 500|* 0",
		"gzip;q=0.001;x=1, GZIP ; Q=1.000":        "gzip 1|GZIP 1000",
		"a;q=2, b;q=, c;q=x, d;q=0.1234":          "a 0|b 0|c 0|d 0",
		"a;q=1.001, b;q=0., c;q=1.":               "a 0|b 0|c 1000",
		` , ,;q=1, text/html;x="a,b\";";q=0.7, b`: "text/html 700|b 1000",
		`text/html;x="never ended, b`:             "text/html 1000",
	} {
		var got []string
		for name, q := range Weighted([]byte(value)) {
			got = append(got, fmt.Sprintf("%s %d", name, q))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q is %q, want %s", value, got, want)
		}
	}
	n := 0
	for range Weighted([]byte(strings.Repeat("a,", 10_000))) {
		n++
	}
	if n != maxWeighted {
		t.Errorf("%d elements are looked at, want %d", n, maxWeighted)
	}
}

// FuzzWeighted compares with what regular expressions say of lists without
// quotes.
func FuzzWeighted(f *testing.F) {
	f.Add("gzip, br;q=0.5 , *;q=0")
	f.Add("a;q=1.001,\t;b;q=0;q=1")
	f.Fuzz(func(t *testing.T, value string) {
		var got []string
		for name, q := range Weighted([]byte(value)) {
			got = append(got, fmt.Sprintf("%q %d", name, q))
		}
		if len(got) > maxWeighted {
			t.Fatalf("%d elements", len(got))
		}
		if strings.Contains(value, `"`) {
			return
		}
		if want := weightedOracle(value); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	})
}

func weightedOracle(value string) (list []string) {
	weight := regexp.MustCompile(`^[\t ]*[qQ](?:=(.*?))?[\t ]*$`)
	good := regexp.MustCompile(`^(0(\.\d{0,3})?|1(\.0{0,3})?)$`)
	for i, element := range strings.Split(value, ",") {
		parts := strings.Split(element, ";")
		name, q := strings.Trim(parts[0], "\t "), 1.0
		for _, p := range parts[1:] {
			if m := weight.FindStringSubmatch(strings.ReplaceAll(p, "\n", "\v")); m != nil {
				if q = 0; good.MatchString(m[1]) {
					q, _ = strconv.ParseFloat(m[1], 64)
				}
				break
			}
		}
		if name != "" && i < maxWeighted {
			list = append(list, fmt.Sprintf("%q %d", name, int(q*1000+.5)))
		}
	}
	return list
}
