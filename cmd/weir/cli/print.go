package cli

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
	"weir/route"
)

// say prints a text for people.
func say(command *cobra.Command, format string, args ...any) {
	fmt.Fprint(command.OutOrStdout(), output.Clean(fmt.Sprintf(format, args...), "\n"))
}

// percent prints a share of 0 to 1 with at most two decimals.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e4)/100, 'f', -1, 64) + "%"
}

// shares prints "canary=25% stable=75%".
func shares(of map[string]route.Weight) string { return strings.Join(shareWords(of), " ") }

// shareWords are "canary=25%", "stable=75%", sorted by variant.
func shareWords(of map[string]route.Weight) (words []string) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		words = append(words, name+"="+of[name].String())
	}
	return words
}

// describe tells in one line what is asked.
func describe(w admin.Weights, now time.Time) string {
	if w.Index == 0 {
		return "nothing is asked, the tags count"
	}
	text := fmt.Sprintf("%s, index %d", shares(w.Shares), w.Index)
	if w.By != "" {
		text += ", by " + w.By
	}
	if !w.At.IsZero() {
		text += ", " + ago(now.Sub(w.At))
	}
	switch {
	case w.Expired:
		text += ", expired"
	case !w.Expires.IsZero():
		text += ", for another " + short(w.Expires.Sub(now))
	}
	if w.Reason != "" {
		text += ": " + w.Reason
	}
	return text
}

func ago(d time.Duration) string {
	if d < 10*time.Second {
		return "just now"
	}
	return short(d) + " ago"
}

// short prints a duration by its two largest units: "2h5m", "3d1h".
func short(d time.Duration) string {
	d = d.Round(time.Second)
	if d >= 24*time.Hour {
		return fmt.Sprintf("%dd%dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	}
	if d >= time.Hour {
		d = d.Truncate(time.Minute)
	}
	text := d.String() // such as 2h5m0s
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}

func upOf(s admin.Share) string { return fmt.Sprintf("%d/%d", s.Up, s.Total) }
