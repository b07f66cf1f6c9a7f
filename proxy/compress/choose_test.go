package compress

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                  "",
		"gzip":                              "gzip",
		"x-gzip":                            "gzip",
		"gzip, deflate, br, zstd":           "zstd",
		"gzip, deflate, br":                 "br",
		"gzip;q=1.0, br;q=0.9":              "gzip",
		"gzip;q=0":                          "",
		"gzip;q=0, br;q=0, zstd;q=0, *;q=1": "",
		"*":                                 "zstd",
		"*;q=0.5, zstd;q=0":                 "br",
		"gzip;q=0.5, *;q=0":                 "gzip",
		"identity":                          "",
		"identity, gzip;q=0.5":              "",
		"identity;q=0.5, gzip;q=0.5":        "gzip",
		"identity;q=0.5, gzip":              "gzip",
		"identity;q=0":                      "",
		"deflate, compress":                 "",
		"GZIP":                              "gzip",
		"gzip;q=nonsense":                   "",
		"gzip|br":                           "br", // two fields
	} {
		var list []string
		for _, line := range strings.Split(accept, "|") {
			list = append(list, "Accept-Encoding: "+line)
		}
		if got := nameOf(choose(fields(list...))); got != want {
			t.Errorf("%q chooses %q, want %q", accept, got, want)
		}
	}
}

func nameOf(as int) string {
	if as < 0 {
		return ""
	}
	return names[as]
}

// FuzzChoose compares with what regular expressions say.
func FuzzChoose(f *testing.F) {
	f.Add("gzip, br;q=0.5 , *;q=0")
	f.Add("identity;q=0.5,zstd;q=0.5,gzip")
	f.Fuzz(func(t *testing.T, accept string) {
		if strings.Contains(accept, `"`) || strings.Count(accept, ",") > 30 {
			t.Skip()
		}
		if got, want := nameOf(choose(fields("Accept-Encoding: "+accept))), chooseOracle(accept); got != want {
			t.Errorf("%q chooses %q, want %q", accept, got, want)
		}
	})
}

func chooseOracle(accept string) string {
	element := regexp.MustCompile(`(?is)^[\t ]*([^;]*?)[\t ]*(?:;(.*))?$`)
	weight := regexp.MustCompile(`(?is)(?:^|;)[\t ]*q(?:=([^;]*?))?[\t ]*(?:;|$)`)
	good := regexp.MustCompile(`^(0(\.\d{0,3})?|1(\.0{0,3})?)$`)
	q := map[string]float64{}
	for _, e := range strings.Split(accept, ",") {
		m := element.FindStringSubmatch(e)
		name, value := strings.ToLower(m[1]), 1.0
		if w := weight.FindStringSubmatch(m[2]); w != nil {
			if value = 0; good.MatchString(w[1]) {
				value, _ = strconv.ParseFloat(w[1], 64)
			}
		}
		if name == "x-gzip" {
			name = "gzip"
		}
		if old, there := q[name]; !there || value > old {
			q[name] = value
		}
	}
	best, bestQ := "", 0.0
	for _, name := range names {
		value, named := q[name]
		if !named {
			value = q["*"]
		}
		if value > bestQ && value >= q["identity"] {
			best, bestQ = name, value
		}
	}
	return best
}
