// Package output prints what commands have found out: as a table for people, or
// as JSON or YAML for programs, as their flag -o says.
package output

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Format is the flag -o of one command.
type Format struct{ name string }

// Flag adds -o to a command. forPeople are the formats that it prints by itself,
// the default first; json and yaml come by Print. A value that is none of them is
// refused before the command runs.
func Flag(command *cobra.Command, forPeople ...string) *Format {
	f := &Format{}
	formats := slices.Concat(forPeople[:1], []string{"json", "yaml"}, forPeople[1:])
	choices := strings.Join(formats, ", ")
	command.Flags().StringVarP(&f.name, "output", "o", formats[0], "one of "+choices)
	command.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(formats, f.name) {
			return fmt.Errorf("--output is %q, which is none of %s", f.name, choices)
		}
		return nil
	}
	complete := cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)
	if err := command.RegisterFlagCompletionFunc("output", complete); err != nil {
		panic(err) // the flag is made above
	}
	return f
}

// Is reports whether -o is a format.
func (f *Format) Is(name string) bool { return f.name == name }

// Data reports whether programs read what is printed.
func (f *Format) Data() bool { return f.Is("json") || f.Is("yaml") }

// Print prints v as data, or calls people where -o names none of the formats of
// data. A json.RawMessage is printed as it is, but for its white space.
func (f *Format) Print(out io.Writer, v any, people func() error) error {
	switch f.name {
	case "json":
		return printJSON(out, v)
	case "yaml":
		return printYAML(out, v)
	}
	return people()
}
