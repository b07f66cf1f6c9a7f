package rolloutcli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"weir/cmd/weir/output"
	"weir/rollout/policy"
	"weir/rollout/simulate"
)

// traffic is the flags that describe what is simulated.
type traffic struct {
	policy  string
	of      simulate.Traffic
	bad     part
	outages part
	broken  part
	risk    float64
	runs    int
	seed    uint64
}

const simulateLong = `Plays rollouts with a policy on traffic that is drawn by dice, twice: with a candidate
as good as stable, and with one that has --risk times the errors. It tells how often each
is aborted and how soon. The verdict, the cohorts and the steps are those of a running
weir; what Flagger's, Argo's and Kayenta's rules do on the same draws stands beside it.

A person promotes at once where the policy asks for one, gates say yes, and all instances
stay up. The same seed gives the same numbers.`

func simulateCommand() *cobra.Command {
	t := &traffic{bad: 0.005}
	command := &cobra.Command{
		Use:   "simulate",
		Short: "How likely is a false abort with a policy, and how soon is a bad version caught?",
		Long:  simulateLong,
		Args:  cobra.NoArgs,
	}
	f := command.Flags()
	f.StringVarP(&t.policy, "file", "f", "", "policy to simulate (default: the canary policy without settings)")
	f.Float64Var(&t.of.Rate, "rate", 40, "requests a second of the route, over all proxies")
	f.Var(&t.bad, "bad-rate", "part of stable's requests that are bad")
	f.Float64Var(&t.of.Drift, "drift", 0, "how far that part wanders, as the standard deviation of its logarithm")
	f.Var(&t.outages, "outages", "part of all minutes in which both versions have 20 times the errors")
	f.IntVar(&t.of.Proxies, "proxies", 5, "size of the fleet")
	f.IntVar(&t.of.Lagging, "lagging", 0, "how many proxies take over a new weight a minute late")
	f.IntVar(&t.of.Clients, "clients", 10_000, "how many clients share the requests by Zipf's law, where clients stay with their version")
	f.Var(&t.broken, "broken-clients", "part of the clients that have nothing but errors, on either version")
	f.Float64Var(&t.risk, "risk", 10, "how many times stable's errors the bad candidate has")
	f.IntVar(&t.runs, "runs", simulate.DocumentRuns, "rollouts of each candidate")
	f.Uint64Var(&t.seed, "seed", simulate.DocumentSeed, "of the dice")
	document := f.String("document", "", "run the cases of a document such as docs/analysis.md instead, and write it and its plot anew")
	format := output.Flag(command, "table")
	command.RunE = func(c *cobra.Command, _ []string) error {
		cases, err := t.cases(*document != "")
		if err != nil {
			return err
		}
		o := simulate.Options{Runs: t.runs, Seed: t.seed, Progress: progress(c.ErrOrStderr())}
		results, err := simulate.Simulate(c.Context(), cases, o)
		if err != nil {
			return err
		}
		if *document != "" {
			if err := write(*document, results); err != nil {
				return err
			}
		}
		return format.Print(c.OutOrStdout(), results, func() error {
			if *document != "" {
				_, err := fmt.Fprintln(c.OutOrStdout(), *document, "is written")
				return err
			}
			return t.print(c.OutOrStdout(), results)
		})
	}
	return command
}

// cases are a good and a bad candidate, or those of the document.
func (t *traffic) cases(document bool) ([]simulate.Case, error) {
	if document {
		return simulate.Suite(), nil
	}
	p, err := t.read()
	if err != nil {
		return nil, err
	}
	if p.Cohort.By == policy.ByConn {
		t.of.Clients = 0 // each request is drawn for itself
	}
	t.of.BadRate, t.of.Outages, t.of.Broken = float64(t.bad), float64(t.outages), float64(t.broken)
	if t.of.Lagging > 0 {
		t.of.Lag = time.Minute
	}
	return []simulate.Case{
		{Name: "healthy", Kind: simulate.Healthy, Policy: p, Traffic: t.of, Candidate: simulate.Candidate{Risk: 1}},
		{Name: fmt.Sprintf("%v× errors", t.risk), Kind: simulate.Broken, Policy: p, Traffic: t.of, Candidate: simulate.Candidate{Risk: t.risk}},
	}, nil
}

// read reads the policy.
func (t *traffic) read() (policy.Policy, error) {
	if t.policy == "" {
		return policy.Default(policy.Canary), nil
	}
	file, err := os.Open(t.policy)
	if err != nil {
		return policy.Policy{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, policy.MaxSize+1))
	if err != nil {
		return policy.Policy{}, err
	}
	p, err := policy.Parse(text)
	if err != nil {
		return policy.Policy{}, fmt.Errorf("%s: %w", t.policy, err)
	}
	return p, nil
}

// progress tells a person at a terminal how far it is; nobody else.
func progress(out io.Writer) func(done, all int) {
	file, isFile := out.(*os.File)
	if !isFile {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	shown := -1
	return func(done, all int) {
		percent := 100 * done / all
		if percent == shown {
			return
		}
		if shown = percent; percent == 100 {
			fmt.Fprint(file, "\r\x1b[K")
			return
		}
		fmt.Fprintf(file, "\rsimulating: %d %%", percent)
	}
}
