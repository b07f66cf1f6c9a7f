// Package rolloutcli holds the commands "weir rollout simulate" and "weir
// rollout analyze". But for the recording of a running weir they need none.
package rolloutcli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// Command makes "weir rollout".
func Command(from Recordings) *cobra.Command {
	command := &cobra.Command{
		Use:   "rollout",
		Short: "Judge and simulate rollouts",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(simulateCommand(), analyzeCommand(from))
	return command
}

// ErrFailed is what commands end with whose rollout failed.
var ErrFailed = errors.New("the candidate failed")

// ExitCode is what the process ends with after an error: 2 where a rollout
// failed, so that a pipeline can tell it from a mistake, else 1.
func ExitCode(err error) int {
	if errors.Is(err, ErrFailed) {
		return 2
	}
	return 1
}

// output adds -o to a command and returns its value, which is checked before the
// command runs.
func output(command *cobra.Command) *string {
	formats := []string{"table", "json"}
	format := command.Flags().StringP("output", "o", formats[0], "one of "+strings.Join(formats, ", "))
	command.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(formats, *format) {
			return fmt.Errorf("--output is %q, which is none of %s", *format, strings.Join(formats, ", "))
		}
		return nil
	}
	return format
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table prints rows of cells in aligned columns.
type table struct{ *tabwriter.Writer }

func newTable(out io.Writer, head ...string) table {
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	t.row(head...)
	return t
}

func (t table) row(cells ...string) {
	fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

// clean replaces control characters, which a file could hold, so that they do
// not reach the terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, text)
}
