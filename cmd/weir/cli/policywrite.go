package cli

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/rollout/policy"
)

func (c *cli) policyPut() *cobra.Command {
	command := &cobra.Command{
		Use: "put POLICY -f FILE", Short: "Write a policy, which counts from the next rollout on",
		Long:    "Write a policy in YAML, JSON or HCL, checked as a whole. It counts from the next rollout on; one under way goes on by the policy it began with.",
		Example: "  weir policy put web -f web.yaml\n  weir policy put web -f web.hcl",
		Args:    usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completePolicies,
	}
	var in admin.PolicyInput
	file := fileFlag(command)
	index := policyIndexFlag(command)
	command.RunE = func(command *cobra.Command, args []string) (err error) {
		if in.Text, err = readText(command, *file, policy.MaxSize); err != nil {
			return err
		}
		if command.Flags().Changed("index") {
			in.Index = index
		}
		var p admin.Policy
		if err := c.call(command.Context(), http.MethodPut, policyPath(args[0]), in, &p); err != nil {
			return err
		}
		say(command, "policy %s: %s\n", p.Name, describePolicy(p))
		return nil
	}
	return command
}

func (c *cli) policyDelete() *cobra.Command {
	command := &cobra.Command{
		Use: "delete POLICY", Short: "Remove a policy; a rollout under way goes on by it",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completePolicies,
	}
	index := policyIndexFlag(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		path := policyPath(args[0])
		if *index > 0 {
			path += fmt.Sprintf("?index=%d", *index)
		}
		var p admin.Policy
		if err := c.call(command.Context(), http.MethodDelete, path, nil, &p); err != nil {
			return err
		}
		say(command, "policy %s: %s\n", p.Name, describePolicy(p))
		return nil
	}
	return command
}

func policyIndexFlag(command *cobra.Command) *uint64 {
	return command.Flags().Uint64("index", 0, "write only if the policy is still at this index, as list shows it, 0 if there is none (default: whatever is there)")
}

func (c *cli) policyLint() *cobra.Command {
	command := &cobra.Command{
		Use: "lint -f FILE", Short: "Tell what is wrong with a policy; no running weir is needed",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	file := fileFlag(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		text, err := readText(command, *file, policy.MaxSize)
		if err != nil {
			return err
		}
		p, err := policy.Parse([]byte(text))
		if err != nil {
			return fmt.Errorf("%s cannot be used:\n%w", nameOf(*file), err)
		}
		say(command, "%s is good: %s, %d steps\n", nameOf(*file), p.Strategy, len(p.Steps))
		return nil
	}
	return command
}

// fileFlag adds -f, which has to be given.
func fileFlag(command *cobra.Command) *string {
	file := command.Flags().StringP("file", "f", "", "file with the policy, in YAML, JSON or HCL; - is the standard input")
	if err := command.MarkFlagRequired("file"); err != nil {
		panic(err) // the flag is made above
	}
	return file
}

func nameOf(file string) string {
	if file == "-" {
		return "the standard input"
	}
	return file
}
