package rollout_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/event"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// world is what a leader sees, as the lines of a script set it.
type world struct {
	t       *testing.T
	state   rollout.State
	entries []rollout.Entry
	input   rollout.Input
	nomads  []*rollout.Deployment // of several job versions
	stuck   map[string]uint64     // proxies that stay at a generation
	outcome verdict.Outcome
	elapsed time.Duration
	ids     int
	out     strings.Builder
}

func newWorld(t *testing.T, text string) *world {
	w := &world{t: t, stuck: map[string]uint64{}, state: rollout.New(route.Scope{Kind: "service", Name: "web"})}
	w.input = rollout.Input{By: "edge-1", Proxies: []rollout.Proxy{{Name: "edge-1"}, {Name: "edge-2"}, {Name: "edge-3"}}}
	if text != "" {
		p, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		w.input.Policy = &p
	}
	return w
}

// line runs one line of a script.
func (w *world) line(line string) {
	words := strings.Fields(line)
	switch args := words[1:]; words[0] {
	case "see":
		w.see(args)
	case "verdict":
		w.outcome = verdict.Outcome(strings.ToUpper(args[0]))
	case "stuck":
		w.stuck[args[0]] = uint64(number(args[1]))
	case "unstuck":
		delete(w.stuck, args[0])
	case "nomad":
		w.nomad(args)
	case "gate":
		w.input.Gates = map[string]rollout.Said{args[0]: {Answer: policy.Answer(args[1]), Message: "by script"}}
	case "store":
		w.input.StoreAway = args[0] == "away"
	case "policy":
		p, err := policy.Parse([]byte(strings.ReplaceAll(strings.Join(args, " "), "; ", "\n")))
		if err != nil {
			w.t.Fatal(err)
		}
		w.input.Policy = &p
	case "group": // "NAME SCOPE [waits]", or "free"
		w.input.Groups = map[string]rollout.Holder{}
		if len(args) > 1 {
			scope, err := route.ParseScope(args[1])
			if err != nil {
				w.t.Fatal(err)
			}
			w.input.Groups[args[0]] = rollout.Holder{Scope: scope, Waits: len(args) > 2}
		}
	case "nopolicy":
		w.input.Policy = nil
	case "run":
		w.run(args)
	case "do":
		w.do(args)
	case "show":
		w.out.WriteString("  " + statusText(&w.state) + "\n")
	default:
		w.t.Fatalf("script: %q", line)
	}
}

// see reads "KEY=UP[/ALL][,marked][,isolated][,job=N][,as=KEY]"; "see unknown" is nil.
func (w *world) see(args []string) {
	if len(args) == 1 && args[0] == "unknown" {
		w.input.Seen = nil
		return
	}
	w.input.Seen = detect.Seen{}
	for _, arg := range args {
		key, rest, _ := strings.Cut(arg, "=")
		options := strings.Split(rest, ",")
		up, all, several := strings.Cut(options[0], "/")
		g := detect.Group{Key: key, Up: number(up), All: number(up)}
		if several {
			g.All = number(all)
		}
		g.OnRoute = g.All
		for i := range g.All {
			g.Instances = append(g.Instances, fmt.Sprintf("n1/%s-%d", key, i))
		}
		for _, o := range options[1:] {
			switch v, ok := strings.CutPrefix(o, "job="); {
			case ok:
				g.Nomad = &detect.Nomad{Job: "web", JobVersion: uint64(number(v)), Spec: "spec-" + key}
			case o == "marked":
				g.Marked = g.All
			case strings.HasPrefix(o, "as="): // these instances were another version
				for i, ref := range g.Instances {
					g.Instances[i] = strings.Replace(ref, key, o[len("as="):], 1)
				}
			case o == "isolated":
				g.OnRoute = 0
			}
		}
		for _, ref := range g.Instances {
			g.Remember = append(g.Remember, detect.Digest(ref))
		}
		w.input.Seen = append(w.input.Seen, g)
	}
	slices.SortFunc(w.input.Seen, func(a, b detect.Group) int { return strings.Compare(a.Key, b.Key) })
}

// nomad reads "none" or "JOBVERSION STATUS [promoted] [marked] [auto] [problem] [runs=KEY] [HEALTHY/WANTED]".
func (w *world) nomad(args []string) {
	if args[0] == "none" {
		w.nomads = nil
		return
	}
	d := &rollout.Deployment{Status: args[1], Description: "Deployment is " + args[1]}
	d.Job, d.Group, d.JobVersion, d.Deployment = "web", "web", uint64(number(args[0])), "dep-"+args[0]
	for _, a := range args[2:] {
		switch healthy, wanted, ok := strings.Cut(a, "/"); {
		case strings.HasPrefix(a, "runs="):
			d.Spec = "spec-" + a[len("runs="):]
		case a == "promoted":
			d.Promoted = true
		case a == "problem":
			d.Problem = "Task group has 0/1 healthy allocations"
		case a == "auto":
			d.Updates = &detect.Job{AutoPromote: true, Canary: 1, Groups: 1}
		case a == "marked":
			d.Description = "Deployment marked as failed"
		case ok:
			d.CanariesHealthy, d.CanariesWanted = number(healthy), number(wanted)
		}
	}
	w.nomads = append(slices.DeleteFunc(w.nomads, func(o *rollout.Deployment) bool { return o.JobVersion == d.JobVersion }), d)
}

// deployments sets what Nomad says of the candidate, and of the job.
func (w *world) deployments(in *rollout.Input) {
	for _, d := range w.nomads {
		if n := w.state.Candidate.Nomad; n != nil && n.JobVersion == d.JobVersion {
			in.Deployment = d
		}
		if in.Latest == nil || d.JobVersion > in.Latest.JobVersion {
			in.Latest = d
		}
	}
}

// run reads "DURATION [PHASE]": it ticks every second, until the phase is
// reached if one is given.
func (w *world) run(args []string) {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		w.t.Fatal(err)
	}
	for end := w.elapsed + d; w.elapsed < end; {
		w.elapsed += time.Second
		w.tick(time.Second, nil)
		if len(args) > 1 && string(w.state.Phase) == args[1] {
			return
		}
	}
	if len(args) > 1 {
		w.out.WriteString("  it is not " + args[1] + "\n")
	}
}

// tick gives the leader's input, or a command from anybody.
func (w *world) tick(elapsed time.Duration, c *rollout.Command) {
	in := w.input
	in.At = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Add(w.elapsed)
	in.Elapsed, in.Leader, in.Command, in.Fresh = elapsed, c == nil, c, fmt.Sprint("id-", w.ids+1)
	w.deployments(&in)
	in.Proxies = slices.Clone(in.Proxies)
	for i, p := range in.Proxies {
		in.Proxies[i].Generation = w.state.Generation
		if g, ok := w.stuck[p.Name]; ok {
			in.Proxies[i].Generation = g
		}
	}
	if w.outcome != "" && w.outcome != "NONE" {
		in.Verdict = &rollout.Judged{Decision: verdict.Decision{Outcome: w.outcome, Leading: event.HTTPStatus, E: 12, Enough: 100},
			Rollout: w.state.ID, Since: w.state.Since}
	}
	next, actions := rollout.Next(w.state, in)
	if next.ID != w.state.ID {
		w.ids++
	}
	w.state = next
	for _, a := range actions {
		w.print(a)
	}
}

func (w *world) print(a rollout.Action) {
	switch a := a.(type) {
	case rollout.Entry:
		w.entries = append(w.entries, a)
		for _, c := range a.Changes {
			fmt.Fprintf(&w.out, "  %s %s %s→%s", w.elapsed, c.Kind, c.From, c.To)
			if c.Reason != "" {
				fmt.Fprintf(&w.out, " (%s)", c.Reason)
			}
			if c.Message != "" {
				w.out.WriteString(": " + c.Message)
			}
			w.out.WriteString("\n")
		}
	case rollout.Record:
		fmt.Fprintf(&w.out, "  %s history: revision %d %s %s→%s %s\n", w.elapsed, a.Revision, a.Outcome, a.Stable.Key, a.Candidate.Key, a.Reason)
	case rollout.Refused:
		w.out.WriteString("  refused: " + a.Why + "\n")
	default:
		fmt.Fprintf(&w.out, "  %s %T\n", w.elapsed, a)
	}
}

// do reads "VERB [full] [back] [here] [N] [WEIGHT%] [for=D] [because=WORD]".
func (w *world) do(args []string) {
	c := &rollout.Command{Verb: rollout.Verb(args[0]), By: "alice"}
	for _, a := range args[1:] {
		switch {
		case a == "full":
			c.Full = true
		case a == "back":
			c.Back = true
		case a == "here":
			c.Here = true
		case strings.HasSuffix(a, "%"):
			c.Weight, _ = route.ParseWeight(a)
		case strings.HasPrefix(a, "for="):
			c.For, _ = time.ParseDuration(a[len("for="):])
		case strings.HasPrefix(a, "because="):
			c.Reason = a[len("because="):]
		default:
			c.Step, c.Revision = number(a), uint64(number(a))
		}
	}
	w.tick(0, c)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func statusText(s *rollout.State) string {
	text := fmt.Sprintf("%s, stage %s, generation %d, revision %d, stable %s", s.Phase, s.Stage, s.Generation, s.Revision, s.Stable.Key)
	if s.Candidate.Key != "" {
		text += fmt.Sprintf(", candidate %s, step %d, weight %s of %s", s.Candidate.Key, s.Step+1, s.Weight, s.Asked)
	}
	if s.Capped {
		text += " (capped)"
	}
	for _, h := range s.Holds {
		text += fmt.Sprintf("; %s: %s", h.Cause, h.Message)
	}
	return text
}
