// Package docs runs the examples of README.md and of all pages below docs/.
//
// A fenced block with the info string "console" holds commands, each on a line
// that begins with "$ ", and what they print. In what they print a line of
// three dots stands for any number of lines, and a number that stands alone
// for any number. A comment <!-- start: COMMAND --> starts a server for the
// rest of the file.
package docs

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// Step is one command of a document and the lines it must print.
type Step struct {
	Line    int  // of the document
	Start   bool // a server that runs until the document ends
	Command string
	Want    []string
}

var starts = regexp.MustCompile(`^<!-- start: (.+) -->$`)

// Steps reads a document's steps in order.
func Steps(doc io.Reader) ([]Step, error) {
	var steps []Step
	inside := false
	scan := bufio.NewScanner(doc)
	for n := 1; scan.Scan(); n++ {
		line := scan.Text()
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
			if m := starts.FindStringSubmatch(line); m != nil {
				steps = append(steps, Step{Line: n, Start: true, Command: m[1]})
			}
		case isCommand:
			steps = append(steps, Step{Line: n, Command: command})
		case len(steps) > 0 && strings.HasSuffix(steps[len(steps)-1].Command, `\`):
			steps[len(steps)-1].Command += "\n" + line
		case len(steps) > 0:
			last := &steps[len(steps)-1]
			last.Want = append(last.Want, line)
		}
	}
	return steps, scan.Err()
}

var number = regexp.MustCompile(`\b[0-9]+(\.[0-9]+)?\b`)

// Matches reports whether got is what want describes.
func Matches(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "..." {
		for i := 0; i <= len(got); i++ {
			if Matches(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && normal(want[0]) == normal(got[0]) && Matches(want[1:], got[1:])
}

func normal(line string) string {
	line = number.ReplaceAllString(line, "0")
	return strings.Join(strings.Fields(line), " ")
}
