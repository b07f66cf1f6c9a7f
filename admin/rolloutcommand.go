package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
)

// CommandInput is the body of a command: who gives it, and why.
type CommandInput struct {
	By         string `json:"by,omitempty" maxLength:"100" doc:"Author"`
	Reason     string `json:"reason,omitempty" maxLength:"500"`
	Generation uint64 `json:"generation,omitempty" doc:"The generation that was read: another one is refused; absent: any"`
}

// PromoteInput is the body of promote.
type PromoteInput struct {
	CommandInput
	Full bool `json:"full,omitempty" doc:"To the end, past all steps and against a verdict"`
}

// UndoInput is the body of undo.
type UndoInput struct {
	CommandInput
	ToRevision uint64 `json:"to_revision,omitempty" doc:"Whose version is to be stable again; absent: the one before"`
}

// StepInput is the body of step. Exactly one of to and back is given.
type StepInput struct {
	CommandInput
	To   int  `json:"to,omitempty" minimum:"1" doc:"Number of the step, from 1"`
	Back bool `json:"back,omitempty" doc:"To the weight before this one"`
}

// SetWeightInput is the body of set-weight.
type SetWeightInput struct {
	CommandInput
	Weight ShareText `json:"weight" doc:"Of the candidate"`
	For    string    `json:"for,omitempty" maxLength:"50" example:"1h30m" doc:"How long it holds, as a duration; absent: an hour"`
}

// ReleaseInput is the body of release.
type ReleaseInput struct {
	CommandInput
	Here bool `json:"here,omitempty" doc:"Go on at the last step whose weight is not above; else begin the step again"`
}

// RolloutWritten is the answer to a command: what it led to.
type RolloutWritten struct {
	RolloutSummary
	DryRun  bool `json:"dry_run,omitempty" doc:"Nothing was changed: this is what would follow"`
	Applied bool `json:"applied" doc:"This proxy's routing table has it already; if false it follows shortly"`
}

// commandBody is the body of any command.
type commandBody interface {
	// command is what it asks for, but for the verb.
	command() (rollout.Command, error)
	generation() uint64
}

func (in CommandInput) generation() uint64 { return in.Generation }

func (in CommandInput) command() (rollout.Command, error) {
	return rollout.Command{By: in.By, Reason: in.Reason}, checkText(route.Intent{By: in.By, Reason: in.Reason})
}

func (in PromoteInput) command() (rollout.Command, error) {
	c, err := in.CommandInput.command()
	c.Full = in.Full
	return c, err
}

func (in UndoInput) command() (rollout.Command, error) {
	c, err := in.CommandInput.command()
	c.Revision = in.ToRevision
	return c, err
}

func (in StepInput) command() (rollout.Command, error) {
	c, err := in.CommandInput.command()
	c.Step, c.Back = in.To, in.Back
	if err == nil && (in.To > 0) == in.Back {
		err = fail(BothGiven, "want either to, the number of a step, or back: true", params{"one": "to", "other": "back"})
	}
	return c, err
}

func (in SetWeightInput) command() (c rollout.Command, err error) {
	if c, err = in.CommandInput.command(); err != nil {
		return c, err
	}
	if c.Weight, err = route.ParseWeight(string(in.Weight)); err != nil {
		return c, badValue("weight", string(in.Weight), err.Error())
	}
	if in.For == "" {
		return c, nil
	}
	if c.For, err = time.ParseDuration(in.For); err != nil || c.For <= 0 || c.For > maxOverride {
		return c, badValue("for", in.For, fmt.Sprintf("for is %q, which is not a duration such as 90s, 1h30m, up to a year", in.For))
	}
	return c, nil
}

// maxOverride bounds the time of a weight that a person sets.
const maxOverride = 366 * 24 * time.Hour

func (in ReleaseInput) command() (rollout.Command, error) {
	c, err := in.CommandInput.command()
	c.Here = in.Here
	return c, err
}

// commandInput is a request with a command.
type commandInput[B commandBody] struct {
	ScopeInput
	MatchInput
	Body *B // nil: none
}

type rolloutWrittenOutput struct {
	ETag string `header:"ETag" doc:"The generation"`
	Body RolloutWritten
}

// registerCommands adds the verbs.
func (a *Admin) registerCommands(api huma.API) {
	addVerb[PromoteInput](a, api, rollout.Promote, "Go on to the next step, or to the end")
	addVerb[CommandInput](a, api, rollout.Pause, "Hold the weight; the analysis goes on")
	addVerb[CommandInput](a, api, rollout.Resume, "End a pause")
	addVerb[CommandInput](a, api, rollout.Abort, "Give all traffic back to stable, at once")
	addVerb[CommandInput](a, api, rollout.Retry, "Begin again after an abort")
	addVerb[UndoInput](a, api, rollout.Undo, "Go back to the version of an earlier revision")
	addVerb[StepInput](a, api, rollout.ToStep, "Go to a step")
	addVerb[SetWeightInput](a, api, rollout.SetWeight, "Set the candidate's weight by hand, for a time")
	addVerb[ReleaseInput](a, api, rollout.Release, "Let go of a weight that was set by hand")
	addCommand(a, api, "restore", "Write the last good state back to the store", func(ctx context.Context, s route.Scope, _ CommandInput, _ uint64) (rollout.State, error) {
		if askerOf(ctx).dry {
			r, ok := a.Rollouts.Get(s)
			if !ok {
				return rollout.State{}, &controller.UnknownError{Scope: s}
			}
			return r.State, nil
		}
		next, err := a.Rollouts.Restore(ctx, s)
		if err == nil {
			a.record(ctx, change{action: "restore-rollout", scope: s.String(), by: authorOf(ctx, "")})
		}
		return next, err
	})
	a.addEmergency(api)
}

// addEmergency adds the one command that does without the store, on this proxy
// alone.
func (a *Admin) addEmergency(api huma.API) {
	addCommand(a, api, "emergency", "Take all traffic from the candidate on this proxy, while the store cannot be written", func(ctx context.Context, s route.Scope, body CommandInput, _ uint64) (rollout.State, error) {
		do, err := body.command()
		if err == nil {
			_, err = a.Rollouts.Emergency(ctx, s, authorOf(ctx, do.By), do.Reason)
		}
		r, _ := a.Rollouts.Get(s)
		return r.State, err
	})
}

func addVerb[B commandBody](a *Admin, api huma.API, verb rollout.Verb, summary string) {
	addCommand(a, api, string(verb), summary, func(ctx context.Context, s route.Scope, body B, generation uint64) (rollout.State, error) {
		do, err := body.command()
		if err != nil {
			return rollout.State{}, err
		}
		who := askerOf(ctx)
		do.Verb, do.By, do.Request = verb, authorOf(ctx, do.By), who.request
		if who.dry {
			return a.Rollouts.TryCommand(ctx, s, do, generation)
		}
		return a.Rollouts.Command(ctx, s, do, generation)
	})
}

// addCommand adds the operation of one command. do is told the generation of the
// state that it is for; 0 is any.
func addCommand[B commandBody](a *Admin, api huma.API, name, summary string, do func(context.Context, route.Scope, B, uint64) (rollout.State, error)) {
	huma.Register(api, huma.Operation{
		OperationID: name + "-rollout", Method: http.MethodPost, Path: rolloutPath + "/" + name,
		MaxBodyBytes: 64 << 10, Summary: summary, Tags: []string{"rollouts"}, Errors: []int{400, 404, 503},
		Responses: conflictResponse[RolloutConflict](api, "The state does not allow it, or is not the one that was read"),
	}, func(ctx context.Context, in *commandInput[B]) (*rolloutWrittenOutput, error) {
		if err := a.mayChange(ctx, auth.Operator, in.scope()); err != nil {
			return nil, err
		}
		var body B
		if in.Body != nil {
			body = *in.Body
		}
		generation, err := a.readBy(in.scope(), in.MatchInput, body.generation())
		var next rollout.State
		if err == nil {
			next, err = do(ctx, in.scope(), body, generation)
		}
		if err != nil {
			return nil, atHeader(in.IfMatch, a.commandError(ctx, name, in.scope(), next, err))
		}
		if askerOf(ctx).dry {
			return rolloutWritten(RolloutWritten{RolloutSummary: a.summary(in.scope(), next), DryRun: true}), nil
		}
		return a.commanded(ctx, in.scope(), next), nil
	})
}

func rolloutWritten(w RolloutWritten) *rolloutWrittenOutput {
	return &rolloutWrittenOutput{etag(w.Generation), w}
}

// readBy is the generation of the state that a client has read; 0 is any. A
// *controller.GenerationError says that the state is another by now.
func (a *Admin) readBy(s route.Scope, in MatchInput, given uint64) (uint64, error) {
	wanted, err := in.index(nonZero(given))
	if err != nil || wanted == nil {
		return 0, err
	}
	r, known := a.Rollouts.Get(s)
	switch {
	case !known || *wanted == something:
		return 0, nil
	case *wanted != r.Generation:
		return 0, &controller.GenerationError{Scope: s, Expected: *wanted, Current: r.State}
	}
	return r.Generation, nil
}

// commanded waits for the table to follow a command, and describes what it led
// to.
func (a *Admin) commanded(ctx context.Context, s route.Scope, next rollout.State) *rolloutWrittenOutput {
	applied := a.await(ctx, func() bool {
		r, ok := a.Rollouts.Get(s)
		if r.Emergency != nil {
			return r.Applied == 0 // a table that follows it follows no state
		}
		return ok && r.Applied >= next.Generation
	})
	return rolloutWritten(RolloutWritten{RolloutSummary: a.summary(s, next), Applied: applied})
}

// summary describes a state that may not have come to be known yet.
func (a *Admin) summary(s route.Scope, now rollout.State) RolloutSummary {
	r, _ := a.Rollouts.Get(s)
	r.State = now
	return summaryOf(r)
}

// commandError answers a command that was not done.
func (a *Admin) commandError(ctx context.Context, name string, s route.Scope, now rollout.State, err error) error {
	var given huma.StatusError
	var unknown *controller.UnknownError
	var changed *controller.GenerationError
	var refused rollout.Refused
	var writable *controller.WritableError
	code, named := Refused, params{"scope": s.String(), "command": name, "phase": string(now.Phase)}
	switch {
	case errors.As(err, &given):
		return err
	case errors.As(err, &unknown):
		return a.unknownRollout(ctx, s)
	case errors.As(err, &changed):
		code, now = Changed, changed.Current
		named = params{"scope": s.String(), "given": strconv.FormatUint(changed.Expected, 10), "current": strconv.FormatUint(now.Generation, 10)}
	case errors.As(err, &writable):
		code = StoreWritable
	case errors.As(err, &refused):
	default:
		return a.commandStoreError(name, s, err)
	}
	return &RolloutConflict{*fail(code, err.Error(), named), a.summary(s, now)}
}

// commandStoreError says that the store takes no command, and what helps where
// the command is urgent.
func (a *Admin) commandStoreError(name string, s route.Scope, err error) error {
	if name == string(rollout.Abort) {
		err = fmt.Errorf("%w; without the store, each proxy for itself: weir rollout emergency %s --reason WHY", err, s.Name)
	}
	return storeError("write", err)
}
