package report

import (
	"bytes"
	_ "embed" // the template of the page
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed page.md.tmpl
var page string

// ByHand is the line of the page from which on it was written by hand. What
// follows it is kept when the page is written anew.
const ByHand = "<!-- written by hand from here on; make bench keeps it -->\n"

// WriteFile writes the page and keeps what was written by hand.
func (r *Report) WriteFile(name string) error {
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the page before it is replaced: %w", err)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return err
	}
	_, notes, _ := bytes.Cut(old, []byte(ByHand))
	b.WriteString("\n" + ByHand)
	b.Write(notes)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// Write writes the page without the part by hand.
func (r *Report) Write(w io.Writer) error {
	parsed, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	return parsed.Execute(w, r)
}

// Targets is the table of all targets in Markdown.
func (r *Report) Targets() string {
	rows := [][]string{{"work", "target", "reached", ""}, {"---", "---", "---", "---"}}
	for _, w := range r.Works {
		for _, v := range w.verdicts() {
			rows = append(rows, []string{v.Work, v.Target, v.Reached, v.Verdict})
		}
	}
	return table(rows)
}

// Limits is the table of what loader and backend had left, in Markdown.
func (r *Report) Limits() string {
	rows := [][]string{
		{"work", "without a proxy", "through the fastest proxy", "loader, cores", "backend, cores", "were they the limit?"},
		{"---", "---", "---", "---", "---", "---"},
	}
	for _, w := range r.Works {
		if l, ok := w.limit(); ok {
			rows = append(rows, []string{l.Work, l.Direct, l.Best, l.Loader, l.Backend, l.Verdict})
		}
	}
	return table(rows)
}

// Short lists what falls short, one sentence each.
func (r *Report) Short() []string {
	var list []string
	for _, w := range r.Works {
		for _, v := range w.verdicts() {
			if v.Short != "" {
				list = append(list, v.Short)
			}
		}
		for _, row := range w.Rows {
			if row.Failed != "" {
				list = append(list, fmt.Sprintf("%s: %s: %s", w.Title, row.Peer, row.Failed))
			}
		}
	}
	if r.Latency != nil {
		for _, row := range r.Latency.Rows {
			if row.Failed != "" {
				list = append(list, fmt.Sprintf("Latency: %s: %s", row.Peer, row.Failed))
			}
		}
	}
	for _, p := range r.Peers {
		if p.LeftOut != "" {
			list = append(list, p.LeftOut)
		}
	}
	return list
}
