package cli

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"weir/admin"
	"weir/cmd/weir/output"
)

// printVerdict prints the numbers, and what they say in words.
func printVerdict(out io.Writer, v *admin.RolloutVerdict) error {
	if isEmpty(v) {
		return printWords(out, v)
	}
	t := output.NewTable(out, "METRIC", "STABLE", "CANDIDATE", fmt.Sprintf("RISK (%s always-valid)", percent(v.Sure)), "E-FAIL", "E-PASS", "VERDICT")
	for _, f := range v.Findings {
		t.Row(f.Event, hits(f.Stable), hits(f.Candidate), risk(f.Risk), number(f.Against), number(f.For)+" of "+number(f.Enough), standing(v, f))
	}
	t.Row("all", "", "", "", number(v.Evidence)+" of "+number(v.Enough), "", v.Outcome)
	if err := t.Flush(); err != nil {
		return err
	}
	return printWords(out, v)
}

// printWords prints the verdict and what it means, without the numbers.
func printWords(out io.Writer, v *admin.RolloutVerdict) error {
	words, _, _ := strings.Cut(v.Words, "\n\n")
	_, err := fmt.Fprintf(out, "%s\n", output.Clean(words, "\n"))
	return err
}

// isEmpty reports whether nothing has been counted.
func isEmpty(v *admin.RolloutVerdict) bool {
	return !slices.ContainsFunc(v.Findings, func(f admin.Finding) bool { return f.Candidate.Units+f.Stable.Units > 0 })
}

// hits is "14/982 1.43%".
func hits(h admin.Hits) string {
	if h.Units == 0 {
		return "0/0"
	}
	return fmt.Sprintf("%d/%d %.2f%%", h.Bad, h.Units, 100*float64(h.Bad)/float64(h.Units))
}

func risk(r admin.Risk) string {
	high := "∞"
	if r.High != nil {
		high = number(*r.High)
	}
	return fmt.Sprintf("[%s, %s]", number(r.Low), high)
}

// standing is what one metric by itself says.
func standing(v *admin.RolloutVerdict, f admin.Finding) string {
	switch {
	case v.Outcome == "FAIL" && f.Event == v.Leading:
		return "worse"
	case f.For >= f.Enough:
		return "good enough"
	case f.Needed > 0:
		return fmt.Sprintf("needs ~%d more", f.Needed)
	}
	return "undecided"
}

// number prints three significant digits, and no exponent where it can.
func number(x float64) string {
	if x >= 100 && x < 1e6 {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}
