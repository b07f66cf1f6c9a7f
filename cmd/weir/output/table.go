package output

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Table prints rows of cells in aligned columns when it is flushed.
type Table struct{ *tabwriter.Writer }

// NewTable makes a table with a head.
func NewTable(out io.Writer, head ...string) Table {
	t := Table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	t.Row(head...)
	return t
}

// Row adds a row. What a terminal would obey in the cells is replaced.
func (t Table) Row(cells ...string) {
	for i := range cells {
		cells[i] = Clean(cells[i], "")
	}
	fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

// Clean replaces control characters, which a tag, a reason or a file could hold,
// so that they do not reach the terminal; those in keep may.
func Clean(text, keep string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune(keep, r) {
			return '?'
		}
		return r
	}, text)
}
