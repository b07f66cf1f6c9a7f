package cli

import (
	"errors"
	"net/http"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// rolloutVerbs are the commands that change a rollout.
func (c *cli) rolloutVerbs() []*cobra.Command {
	return []*cobra.Command{
		c.rolloutPromote(), c.rolloutEmergency(), c.rolloutUndo(), c.rolloutStep(), c.rolloutSetWeight(), c.rolloutRelease(),
		c.plainVerb("pause", "Hold the weight; the analysis goes on and may still abort"),
		c.plainVerb("resume", "End a pause"),
		c.plainVerb("abort", "Give all traffic back to stable, at once"),
		c.plainVerb("retry", "Begin again after an abort"),
		c.plainVerb("restore", "Write the last good state back to the store, where it was deleted or damaged"),
	}
}

// verb makes a command that changes a rollout. body is what it sends, of which
// common is a part.
func (c *cli) verb(use, name, short string, common *admin.CommandInput, body any) *cobra.Command {
	command := &cobra.Command{Use: use, Short: short, Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeRollouts(name)}
	command.Flags().StringVar(&common.By, "by", c.getenv("USER"), "author")
	command.Flags().StringVar(&common.Reason, "reason", "", "why, in one line")
	command.Flags().Uint64Var(&common.Generation, "generation", 0, "only if the rollout is still at this generation, as get shows it (default: any)")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		var after admin.RolloutWritten
		if err := c.call(command.Context(), http.MethodPost, rolloutPath(scopeOf(args[0]))+"/"+name, body, &after); err != nil {
			return err
		}
		return format.Print(command.OutOrStdout(), after, func() error {
			say(command, "%s: %s\n%s\n", after.Scope, brief(after.RolloutSummary), nextOf(after.RolloutSummary))
			if !after.Applied {
				command.PrintErrf("It is stored, but %s has not taken it over within two seconds; weir status may tell why\n", c.base())
			}
			return nil
		})
	}
	return command
}

func (c *cli) plainVerb(name, short string) *cobra.Command {
	in := &admin.CommandInput{}
	return c.verb(name+" SERVICE|ROUTE", name, short, in, in)
}

func (c *cli) rolloutPromote() *cobra.Command {
	in := &admin.PromoteInput{}
	command := c.verb("promote SERVICE|ROUTE", "promote", "Go on to the next step, or with --full to the end", &in.CommandInput, in)
	command.Flags().BoolVar(&in.Full, "full", false, "past all steps and against a verdict, to the end")
	return command
}

func (c *cli) rolloutUndo() *cobra.Command {
	in := &admin.UndoInput{}
	command := c.verb("undo SERVICE|ROUTE", "undo", "Go back to the version of an earlier revision, as long as its instances run", &in.CommandInput, in)
	command.Flags().Uint64Var(&in.ToRevision, "to-revision", 0, "revision, as history lists it (default: the one before)")
	c.completeFlag(command, "to-revision", c.revisions)
	return command
}

func (c *cli) rolloutStep() *cobra.Command {
	in := &admin.StepInput{}
	command := c.verb("step SERVICE|ROUTE {--to N|--back}", "step", "Go to a step, or back to the weight before", &in.CommandInput, in)
	command.Flags().IntVar(&in.To, "to", 0, "number of the step, as get lists it")
	command.Flags().BoolVar(&in.Back, "back", false, "to the weight before this one")
	c.completeFlag(command, "to", c.steps)
	send := command.RunE
	command.RunE = func(command *cobra.Command, args []string) error {
		if (in.To > 0) == in.Back {
			return errors.New("want either --to N, the number of a step, or --back")
		}
		return send(command, args)
	}
	return command
}

func (c *cli) rolloutRelease() *cobra.Command {
	in := &admin.ReleaseInput{}
	command := c.verb("release SERVICE|ROUTE", "release", "Let go of a weight that was set by hand", &in.CommandInput, in)
	command.Flags().BoolVar(&in.Here, "here", false, "go on at the last step whose weight is not above it; else begin the step again")
	return command
}

func (c *cli) rolloutSetWeight() *cobra.Command {
	in := &admin.SetWeightInput{}
	command := c.verb("set-weight SERVICE|ROUTE PERCENT", "set-weight", "Set the candidate's weight by hand, for a time", &in.CommandInput, in)
	command.Example = "  weir rollout set-weight web 12.5% --for 2h --reason 'a closer look'"
	command.Args = usage(cobra.ExactArgs(2))
	command.Flags().StringVar(&in.For, "for", "", "how long it holds, such as 90s or 2h (default: an hour)")
	send := command.RunE
	command.RunE = func(command *cobra.Command, args []string) error {
		if in.Weight = admin.ShareText(args[1]); in.Weight == "" {
			return errors.New("PERCENT is empty, want a weight such as 12.5%")
		}
		return send(command, args)
	}
	return command
}
