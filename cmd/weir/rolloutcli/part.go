package rolloutcli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// part is a flag whose value is a part of a whole: "0.5%" or "0.005".
type part float64

func (p *part) String() string {
	return strconv.FormatFloat(math.Round(float64(*p)*1e8)/1e6, 'f', -1, 64) + "%"
}

func (p *part) Set(text string) error {
	number, isPercent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if isPercent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return fmt.Errorf("want a part such as 0.5%% or 0.005, from 0%% to 100%%")
	}
	*p = part(v)
	return nil
}

func (p *part) Type() string { return "part" }
