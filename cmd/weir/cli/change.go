package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// change runs one write and prints what it changed and how to undo it. It
// writes against the index that it has read just before, or that of --index,
// so that what it prints as before is what was replaced.
func (c *cli) change(command *cobra.Command, name string, index *uint64, request func(at *uint64) (method, path string, body any)) error {
	before, err := c.getWeights(command.Context(), scopeOf(name))
	if err != nil {
		return err
	}
	if !command.Flags().Changed("index") {
		*index = before.Index
	}
	method, path, body := request(index)
	var after admin.WeightsWritten
	if err := c.call(command.Context(), method, path, body, &after); err != nil {
		return err
	}
	say(command, "%s: %s\n", after.Scope, describe(after.Weights, time.Now()))
	if !after.Applied {
		command.PrintErrf("It is stored, but %s has not taken it over within two seconds; weir status may tell why\n", c.base())
	} else if err := printChange(command, before, after.WeightsState); err != nil {
		return err
	}
	if after.Previous.Index != 0 || after.Index != 0 {
		say(command, "Undo with: %s\n", c.undo(name, after))
	}
	return nil
}

// printChange prints the routes of which a share has changed.
func printChange(command *cobra.Command, before, after admin.WeightsState) error {
	was := map[[2]string]float64{}
	for _, r := range before.Routes {
		for _, v := range r.Variants {
			was[[2]string{r.Key, v.Name}] = v.Share
		}
	}
	t := output.NewTable(command.OutOrStdout(), "ROUTE", "VARIANT", "BEFORE", "AFTER", "UP", "WHY")
	same := 0
	for _, r := range after.Routes {
		if !changed(r, was) {
			same++
			continue
		}
		for _, v := range r.Variants {
			t.Row(r.Key, v.Name, percent(was[[2]string{r.Key, v.Name}]), percent(v.Share), upOf(v), v.Why)
		}
	}
	if same == len(after.Routes) {
		say(command, "The shares of all routes are as before:\n")
		return printShares(command, after.Routes)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if same > 0 {
		say(command, "Of other routes, %d are as before.\n", same)
	}
	return nil
}

func changed(r admin.RouteShares, was map[[2]string]float64) bool {
	for _, v := range r.Variants {
		if percent(v.Share) != percent(was[[2]string{r.Key, v.Name}]) {
			return true
		}
	}
	return false
}

// undo is the command that brings back what was asked before, unless somebody
// has changed it since.
func (c *cli) undo(name string, after admin.WeightsWritten) string {
	words := []string{"weir", "weight", "clear", name}
	if p := after.Previous; p.Index != 0 {
		words = append([]string{"weir", "weight", "set", name}, shareWords(p.Shares)...)
		if left := time.Until(p.Expires).Round(time.Second); !p.Expires.IsZero() && left > 0 {
			words = append(words, "--for", left.String())
		}
		if p.Reason != "" {
			words = append(words, "--reason", p.Reason)
		}
	}
	words = append(words, "--index", strconv.FormatUint(after.Index, 10))
	if c.admin != "" {
		words = append(words, "--admin", c.admin)
	}
	if c.context != "" {
		words = append(words, "--context", c.context)
	}
	for i, word := range words {
		words[i] = quote(word)
	}
	return strings.Join(words, " ")
}

// quote makes one word of text for a POSIX shell. Names come from tags, which
// anybody in the cluster may write, and the line is there to be pasted.
func quote(text string) string {
	harmless := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-/:=%@+,", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !harmless(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
