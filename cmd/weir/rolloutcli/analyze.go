package rolloutcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/spf13/cobra"

	"weir/cmd/weir/output"
	"weir/rollout/verdict"
	"weir/rollout/verdict/replay"
)

const analyzeLong = `Judges recorded counters again, round by round, as the leader of the rollout did, and tells
the verdict, what led to it, and when it changed.

With a service or route it asks a running weir what its last rollout was judged by: every round
where the leader has a state.dir, else what the leader wrote last. With --replay it needs no weir.

A recording is JSON lines; docs/analysis.md describes them. The command ends with 0 unless the
candidate failed (2) or something is wrong (1).`

// Recordings gets what a rollout was judged by from a running weir.
type Recordings interface {
	// Flags adds to the command what Get goes by.
	Flags(c *cobra.Command)
	// Get returns the recording of a service or route.
	Get(ctx context.Context, name string) ([]byte, error)
}

func analyzeCommand(from Recordings) *cobra.Command {
	command := &cobra.Command{
		Use:     "analyze {SERVICE|ROUTE | --replay FILE}",
		Short:   "Judge recorded evidence again",
		Long:    analyzeLong,
		Example: "  weir rollout analyze web\n  weir rollout analyze --replay evidence.jsonl",
		Args:    cobra.MaximumNArgs(1),
	}
	from.Flags(command)
	file := command.Flags().String("replay", "", "recorded evidence to judge")
	format := output.Flag(command, "table")
	command.RunE = func(c *cobra.Command, args []string) error {
		if (len(args) == 1) == (*file != "") {
			return errors.New("want either a service or route, or --replay FILE")
		}
		a, err := analyze(c.Context(), from, *file, args)
		if err != nil {
			return err
		}
		err = format.Print(c.OutOrStdout(), a, func() error { return a.print(c.OutOrStdout()) })
		if err == nil && a.Verdict.Outcome == verdict.Fail {
			c.SilenceErrors = true // the output has said it
			return ErrFailed
		}
		return err
	}
	return command
}

// analysis is a recording judged again.
type analysis struct {
	replay.Result
	Rounds  int           `json:"rounds"`  // that were judged
	Changes []replay.Look `json:"changes"` // looks with another outcome than the one before, the last maxChanges
}

// maxChanges bounds how many changes of the outcome are shown.
const maxChanges = 20

// analyze judges the file, or the recording of what the argument names.
func analyze(ctx context.Context, from Recordings, file string, args []string) (*analysis, error) {
	if file == "" {
		text, err := from.Get(ctx, args[0])
		if err != nil {
			return nil, err
		}
		return judge(args[0], bytes.NewReader(text))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return judge(file, f)
}

func judge(name string, recording io.Reader) (a *analysis, err error) {
	a = &analysis{Changes: []replay.Look{}}
	if a.Result, err = replay.Judge(recording, a.look); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}

func (a *analysis) look(l replay.Look) {
	a.Rounds++
	if n := len(a.Changes); n > 0 && a.Changes[n-1].Decision.Outcome == l.Decision.Outcome {
		return
	}
	if len(a.Changes) == maxChanges {
		a.Changes = a.Changes[1:]
	}
	a.Changes = append(a.Changes, l)
}

func (a *analysis) print(out io.Writer) error {
	v := &a.Verdict
	fmt.Fprintf(out, "Rollout: %s  Step: %d/%d  Rounds: %d\n\n", output.Clean(a.Rollout, ""), v.Step, v.Steps, a.Rounds)
	sure := fmt.Sprintf("RISK (%v%% always-valid)", math.Round(100*(1-v.Rules.Alpha)*1e6)/1e6)
	rows := output.NewTable(out, "METRIC", "STABLE", "CANDIDATE", sure, "E-FAIL", "E-PASS", "VERDICT")
	for _, f := range v.Findings {
		rows.Row(f.Event.String(), hits(f.Stable), hits(f.Candidate), risk(f.Risk), number(f.E),
			fmt.Sprintf("%s of %s", number(f.For), number(f.Enough)), standing(v, f))
	}
	rows.Row("all", "", "", "", fmt.Sprintf("%s of %s", number(v.E), number(v.Enough)), "", string(v.Outcome))
	if err := rows.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	changes := output.NewTable(out, "ROUND", "TIME", "VERDICT", "E-FAIL")
	for _, l := range a.Changes {
		at := "–"
		if !l.Time.IsZero() {
			at = l.Time.Format(time.RFC3339)
		}
		changes.Row(fmt.Sprint(l.Round), at, fmt.Sprintf("%s (%s)", l.Decision.Outcome, l.Decision.Reason), number(l.Decision.E))
	}
	if err := changes.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s", v.Explain())
	return err
}

// hits is "14/982 1.43%".
func hits(h verdict.Hits) string {
	if h.Units == 0 {
		return "0/0"
	}
	return fmt.Sprintf("%d/%d %.2f%%", h.Bad, h.Units, 100*float64(h.Bad)/float64(h.Units))
}

// risk is "1.3 [0.7, 2.6]", without the middle, which no interval knows.
func risk(i verdict.Interval) string {
	high := "∞"
	if !math.IsInf(i.High, 1) {
		high = number(i.High)
	}
	return fmt.Sprintf("[%s, %s]", number(i.Low), high)
}

// standing is what one metric by itself says.
func standing(v *verdict.Verdict, f verdict.Finding) string {
	switch {
	case v.Outcome == verdict.Fail && f.Event == v.Leading:
		return "worse"
	case f.For >= f.Enough:
		return "good enough"
	case f.Needed > 0:
		return fmt.Sprintf("needs ~%d more", f.Needed)
	}
	return "undecided"
}

func number(x float64) string { return fmt.Sprintf("%.3g", x) }
