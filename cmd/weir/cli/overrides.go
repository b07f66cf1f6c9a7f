package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// maxOverride bounds an override text in bytes, as the API does.
const maxOverride = 512 << 10

func (c *cli) override() *cobra.Command {
	command := &cobra.Command{
		Use: "override", Short: "Show and change the texts of route commands that the registry keeps (fabio's manual overrides)",
		Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(c.overrideList(), c.overrideGet(), c.overridePut())
	for _, sub := range command.Commands() {
		sub.SilenceUsage = true
	}
	return command
}

// overridePaths is the answer of GET /api/v1/overrides.
type overridePaths struct {
	Paths []string `json:"paths"`
}

func (c *cli) overrideList() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List the paths of the texts, below the registry's KV path", Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/overrides", format, func(list overridePaths) error {
			t := output.NewTable(command.OutOrStdout(), "PATH")
			for _, path := range list.Paths {
				t.Row(fmt.Sprintf("%q", path))
			}
			return t.Flush()
		})
	}
	return command
}

func (c *cli) overrideGet() *cobra.Command {
	command := &cobra.Command{
		Use: "get [PATH]", Short: "Print a text; without a PATH that at the KV path itself",
		Example: "  weir override get /canary > canary.txt",
		Args:    usage(cobra.MaximumNArgs(1)), ValidArgsFunction: c.completeOverrides,
	}
	format := output.Flag(command, "text")
	command.RunE = func(command *cobra.Command, args []string) error {
		return read(c, command, "/api/v1/override"+query("path", first(args)), format, func(o admin.OverrideText) error {
			say(command, "%s", o.Text)
			return nil
		})
	}
	return command
}

func (c *cli) overridePut() *cobra.Command {
	command := &cobra.Command{
		Use: "put [PATH] -f FILE", Short: "Write a text, unless a line of it could never have an effect",
		Example: "  weir override put /canary -f canary.txt --reason 'the canary gets more'",
		Args:    usage(cobra.MaximumNArgs(1)), ValidArgsFunction: c.completeOverrides,
	}
	var in admin.OverrideInput
	file := command.Flags().StringP("file", "f", "", "file with route commands, one a line; - is the standard input")
	if err := command.MarkFlagRequired("file"); err != nil {
		panic(err) // the flag is made above
	}
	command.Flags().StringVar(&in.By, "by", c.getenv("USER"), "author")
	command.Flags().StringVar(&in.Reason, "reason", "", "why, in one line")
	index := command.Flags().Uint64("index", 0, "write only if the text is still at this index, as get -o json shows it, 0 if there is none (default: whatever is there)")
	command.RunE = func(command *cobra.Command, args []string) (err error) {
		if in.Text, err = readText(command, *file, maxOverride); err != nil {
			return err
		}
		if command.Flags().Changed("index") {
			in.Index = index
		}
		var after admin.OverrideWritten
		if err := c.call(command.Context(), http.MethodPut, "/api/v1/override"+query("path", first(args)), in, &after); err != nil {
			return err
		}
		say(command, "override %q: index %d\n", after.Path, after.Index)
		return nil
	}
	return command
}

// readText reads a file, or the standard input, of at most so many bytes.
func readText(command *cobra.Command, name string, most int) (string, error) {
	from := command.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		from = file
	}
	text, err := io.ReadAll(io.LimitReader(from, int64(most)+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("%s: it has more than %d bytes", nameOf(name), most)
	}
	return string(text), err
}

// first is the first of some arguments; empty: there is none.
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// completeOverrides offers the paths of the texts.
func (c *cli) completeOverrides(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list overridePaths
	if len(args) > 0 || c.call(command.Context(), http.MethodGet, "/api/v1/overrides", nil, &list) != nil {
		return nil, noFiles
	}
	return list.Paths, noFiles
}
