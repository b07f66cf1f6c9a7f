package cli

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
	"weir/rollout/policy"
)

func (c *cli) rolloutPlan() *cobra.Command {
	command := &cobra.Command{
		Use:   "plan -f FILE",
		Short: "Tell what a policy comes to, without writing it",
		Long: "Tell what a policy comes to, without writing it: its steps, how many good requests each verdict takes, and how long all of it\n" +
			"takes at least. Notes are about the instances that the running weir sees now.",
		Example: "  weir rollout plan -f web.yaml --rate 40",
		Args:    usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	var in admin.PlanInput
	file := fileFlag(command)
	command.Flags().Float64Var(&in.Rate, "rate", 0, "requests or connections a second, over all versions (default: unknown, and no time is planned for verdicts)")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) (err error) {
		if in.Text, err = readText(command, *file, policy.MaxSize); err != nil {
			return err
		}
		var plan admin.Plan
		if err := c.call(command.Context(), http.MethodPost, "/api/v1/policies:plan", in, &plan); err != nil {
			return err
		}
		return format.Print(command.OutOrStdout(), plan, func() error { return printPlan(command, plan) })
	}
	return command
}

func printPlan(command *cobra.Command, p admin.Plan) error {
	t := output.NewTable(command.OutOrStdout(), "STEP", "DOES", "WEIGHT", "AT LEAST", "NEEDS", "NOTE")
	for _, s := range p.Steps {
		needs := ""
		if s.Units > 0 {
			needs = fmt.Sprintf("%d good ones", s.Units)
		}
		t.Row(fmt.Sprint(s.Number), s.Does, s.Weight.String(), short(seconds(s.LeastSeconds)), needs, s.Note)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	say(command, "Earliest promotion: %s after a new version has come", short(seconds(p.EarliestSeconds)))
	if p.Waits {
		say(command, ", and somebody has to act")
	}
	say(command, ".\n")
	for _, note := range p.Notes {
		say(command, "Note: %s.\n", note)
	}
	return nil
}
