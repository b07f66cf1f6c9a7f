package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"weir/cmd/weir/contexts"
	"weir/cmd/weir/output"
)

const contextLong = `Keep the places of running weirs under names, with what to log in with.

They are in $XDG_CONFIG_HOME/weir/config.yaml, else in ~/.config/weir/config.yaml, which only its owner may read.
Commands talk to the weir at --admin, else of --context, else at $WEIR_ADMIN, else of the current context, else at
` + DefaultAdmin + `. What a context has for logging in is sent to nobody else.`

// contextCommand makes "weir context", which talks to nobody.
func (c *cli) contextCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "context", Short: "Name running weirs, and choose the one that commands talk to", Long: contextLong,
		Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(c.contextList(), c.contextCurrent(), c.contextUse(), c.contextSet(), c.contextDelete())
	for _, sub := range command.Commands() {
		sub.SilenceUsage = true
	}
	return command
}

// shownContext is a context without its secret.
type shownContext struct {
	Name      string `json:"name"`
	Current   bool   `json:"current"`
	Address   string `json:"address"`
	Path      string `json:"path,omitempty"`
	Token     string `json:"token,omitempty"` // [redacted]
	TokenFile string `json:"token_file,omitempty"`
	CAFile    string `json:"ca_file,omitempty"`
	CertFile  string `json:"cert_file,omitempty"`
	KeyFile   string `json:"key_file,omitempty"`
}

func shown(f *contexts.File) []shownContext {
	list := []shownContext{}
	for _, name := range f.Names() {
		k := f.Contexts[name]
		s := shownContext{name, name == f.Current, k.Address, k.Path, "", k.TokenFile, k.CAFile, k.CertFile, k.KeyFile}
		if k.Token != "" {
			s.Token = "[redacted]"
		}
		list = append(list, s)
	}
	return list
}

// login is what a context logs in with, in words.
func (s shownContext) login() string {
	var ways []string
	if s.Token+s.TokenFile != "" {
		ways = append(ways, strings.TrimSuffix("token of "+s.TokenFile, " of "))
	}
	if s.CertFile != "" {
		ways = append(ways, "certificate of "+s.CertFile)
	}
	return strings.Join(ways, ", ")
}

func (c *cli) contextList() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List the contexts; a star is at the current one", Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		file, err := c.contexts()
		if err != nil {
			return err
		}
		list := shown(file)
		return format.Print(command.OutOrStdout(), map[string][]shownContext{"contexts": list}, func() error {
			t := output.NewTable(command.OutOrStdout(), "", "CONTEXT", "ADDRESS", "LOGIN")
			for _, s := range list {
				k, star := file.Contexts[s.Name], ""
				if s.Current {
					star = "*"
				}
				t.Row(star, s.Name, k.Base(), s.login())
			}
			return t.Flush()
		})
	}
	return command
}

func (c *cli) contextCurrent() *cobra.Command {
	return &cobra.Command{
		Use: "current", Short: "Print the name of the current context", Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, _ []string) error {
			file, err := c.contexts()
			if err == nil && file.Current == "" {
				err = fmt.Errorf("there is no current context; weir context use NAME chooses one")
			}
			if err != nil {
				return err
			}
			say(command, "%s\n", file.Current)
			return nil
		},
	}
}

func (c *cli) contextUse() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "Make a context the current one", Example: "  weir context use production",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeContexts,
		RunE: func(command *cobra.Command, args []string) error {
			file, err := c.contexts()
			if err != nil {
				return err
			}
			k, err := file.Get(args[0])
			if err != nil {
				return err
			}
			file.Current = args[0]
			if err := file.Write(); err != nil {
				return err
			}
			say(command, "Commands talk to %s now, at %s.\n", args[0], k.Base())
			return nil
		},
	}
}

func (c *cli) contextDelete() *cobra.Command {
	return &cobra.Command{
		Use: "delete NAME", Short: "Forget a context", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeContexts,
		RunE: func(command *cobra.Command, args []string) error {
			file, err := c.contexts()
			if err != nil {
				return err
			}
			if _, err := file.Get(args[0]); err != nil {
				return err
			}
			delete(file.Contexts, args[0])
			text := fmt.Sprintf("Context %s is deleted.", args[0])
			if file.Current == args[0] {
				file.Current = ""
				text += " There is no current context now."
			}
			if err := file.Write(); err != nil {
				return err
			}
			say(command, "%s\n", text)
			return nil
		},
	}
}

// readToken is what was given for --token: with - the first line of the input, so
// that it is in no history of a shell.
func readToken(command *cobra.Command, given string) (string, error) {
	if given != "-" {
		return given, nil
	}
	text, err := io.ReadAll(io.LimitReader(command.InOrStdin(), 1<<12))
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); err == nil && line == "" {
		err = fmt.Errorf("--token -: the standard input holds no token")
	}
	return line, err
}

// absolute is where a file is, whatever the working folder will be.
func absolute(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return filepath.Abs(name)
}
