package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"weir/admin"
	"weir/cmd/weir/output"
)

// mark is a sign for a phase, for eyes that look for one.
func mark(phase string) string {
	switch phase {
	case "healthy", "completed":
		return "✔"
	case "aborting", "aborted", "stable_lost", "candidate_lost":
		return "✖"
	case "paused", "override", "frozen":
		return "॥"
	}
	return "▶"
}

func keyOf(v *admin.RolloutVersion) string {
	if v == nil {
		return "–"
	}
	return v.Key
}

// stepOf is "2/6", or a dash where there is no step.
func stepOf(r admin.RolloutSummary) string {
	if r.Steps == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", r.Step, r.Steps)
}

// brief is a rollout in one line.
func brief(r admin.RolloutSummary) string {
	text := mark(r.Phase) + " " + r.Phase
	if r.Steps > 0 {
		text += ", step " + stepOf(r)
	}
	if r.Candidate != nil {
		text += fmt.Sprintf(", %s has %s", r.Candidate.Key, r.Weight)
	}
	text += fmt.Sprintf(", generation %d", r.Generation)
	if r.Why != "" {
		text += ": " + r.Why
	}
	return text
}

// nextOf lists what a person can do, and says what happens without.
func nextOf(r admin.RolloutSummary) string {
	can := strings.Join(r.Next, " | ")
	if can == "" {
		can = "nothing can be done"
	}
	return fmt.Sprintf("NEXT: %s (by itself: %s)", can, r.Then)
}

// stamp is a time of the past for people, in their time zone.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// printRollout prints a rollout for people.
func printRollout(out io.Writer, r admin.Rollout) error {
	var b strings.Builder
	status := mark(r.Phase) + " " + r.Phase
	if r.Why != "" {
		status += " - " + r.Why
	}
	fmt.Fprintf(&b, "Name:    %s   Strategy: %s   Status: %s\n", r.Scope, cmp.Or(r.Strategy, "none"), status)
	fmt.Fprintf(&b, "Stable:  %s", versionText(r.Stable))
	if r.Candidate != nil {
		fmt.Fprintf(&b, "   Candidate: %s", versionText(r.Candidate))
	}
	b.WriteString("\n")
	if r.Steps > 0 {
		fmt.Fprintf(&b, "Step:    %s, for %s   ", stepOf(r.RolloutSummary), short(seconds(r.StepSeconds)))
	} else {
		b.WriteString("Policy:  " + cmp.Or(r.Policy, "none") + "   ")
	}
	fmt.Fprintf(&b, "Revision: %d   Generation: %d   Acks: %s\n", r.Revision, r.Generation, acks(r))
	if r.Candidate != nil {
		b.WriteString("Weight:  " + weightText(r) + "\n")
	}
	b.WriteString(openText(r, time.Now()))
	for _, i := range r.Isolated {
		fmt.Fprintf(&b, "Alone:   %s   %s\n", i.Route, i.Curl)
	}
	if r.Mirror != nil {
		b.WriteString("Mirror:  " + mirrorText(r.Mirror) + "\n")
	}
	for _, note := range r.Notes {
		b.WriteString("Note:    " + note + "\n")
	}
	for _, wrong := range []string{r.Problem, r.Stale} {
		if wrong != "" {
			b.WriteString("Wrong:   " + wrong + "\n")
		}
	}
	if _, err := io.WriteString(out, output.Clean(b.String(), "\n")); err != nil {
		return err
	}
	return printProgress(out, r)
}

// printProgress prints the steps, the verdict, and what comes next.
func printProgress(out io.Writer, r admin.Rollout) error {
	if len(r.Plan) > 0 {
		fmt.Fprintln(out)
		t := output.NewTable(out, "STEP", "STATE", "DOES")
		for _, s := range r.Plan {
			t.Row(fmt.Sprint(s.Number), s.State, s.Does)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if r.Verdict != nil {
		fmt.Fprintln(out)
		if err := printVerdict(out, r.Verdict); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "\n%s\n", output.Clean(nextOf(r.RolloutSummary), ""))
	return err
}

// versionText is "v2 (1 of 1 up, job web version 13)".
func versionText(v *admin.RolloutVersion) string {
	if v == nil {
		return "none yet"
	}
	text := fmt.Sprintf("%s (%d of %d up", v.Key, v.Up, v.Total)
	if v.Job != "" {
		text += fmt.Sprintf(", job %s version %d", v.Job, v.JobVersion)
	}
	if v.Deployment != "" {
		text += ", deployment " + v.Deployment
	}
	return text + ")"
}

// acks is "3/4, missing: edge-2".
func acks(r admin.Rollout) string {
	var missing []string
	for _, p := range r.Proxies {
		if p.Behind {
			missing = append(missing, p.Name)
		}
	}
	text := fmt.Sprintf("%d/%d", len(r.Proxies)-len(missing), len(r.Proxies))
	if missing != nil {
		text += ", missing: " + strings.Join(missing, ", ")
	}
	return text
}

func weightText(r admin.Rollout) string {
	text := r.Weight.String()
	if r.Capped {
		text += fmt.Sprintf(" of %s (it has few instances)", r.Asked)
	}
	if o := r.Observed; o != nil {
		text += fmt.Sprintf("   observed %s of %d %ss (%s to %s expected)", percent(o.Share), o.All, o.Unit, percent(o.Low), percent(o.High))
	}
	return text
}

// openText says what clients have open, and how long what drains still may be.
func openText(r admin.Rollout, now time.Time) string {
	var list []string
	all := 0
	for _, o := range r.Open {
		all += o.Open
		list = append(list, fmt.Sprintf("%s %d (%s, of the new %s)", o.Variant, o.Open, percent(o.Share), percent(o.New)))
	}
	text := ""
	if all > 0 {
		text = "Open:    " + strings.Join(list, "   ") + "\n"
	}
	for _, d := range r.Draining {
		text += fmt.Sprintf("Drains:  %s, %d still open, the last is ended in %s\n", d.Version, d.Left, short(max(0, d.Until.Sub(now))))
	}
	return text
}
