package replay

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"weir/rollout/verdict"
)

// player is a recording that is being played.
type player struct {
	look     func(Look)
	line     int // of the file, from 1
	head     header
	evidence *verdict.Evidence // nil before the header
	steps    int               // that have begun
	round    []part            // that is being read
	last     Look
}

// part is one proxy's report and the line where it begins.
type part struct {
	verdict.Report
	line  int
	first counters
}

func (p *player) failed() bool { return p.last.Decision.Outcome == verdict.Fail }

// wrap adds the line to an error that has none.
func (p *player) wrap(err error) error {
	var at *Error
	if errors.As(err, &at) {
		return err
	}
	return &Error{p.line, err}
}

func (p *player) read(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	line, err := parse(text)
	if err != nil {
		return err
	}
	if head, is := line.(*header); is {
		return p.open(head)
	}
	if p.evidence == nil {
		return errors.New(`want the header first: {"recording":1,"steps":…}`)
	}
	c, counts := line.(*counters)
	if !counts || len(p.round) > 0 && p.round[0].first.Round != c.Round {
		if err := p.judge(); err != nil || p.failed() {
			return err
		}
	}
	if counts {
		return p.count(*c)
	}
	return p.begin(*line.(*begin))
}

func (p *player) open(head *header) (err error) {
	switch {
	case p.evidence != nil:
		return errors.New("a second header, want one recording in a file")
	case head.Recording != Schema:
		return fmt.Errorf("recording is %d, want %d", head.Recording, Schema)
	}
	p.head = *head
	if head.Evidence == nil {
		p.evidence, err = verdict.New(head.Rules, head.Steps)
		return err
	}
	if p.evidence, err = verdict.Decode(head.Evidence); err != nil {
		return err
	}
	p.steps, p.last.Decision = len(p.evidence.Starts), p.evidence.Decide()
	switch {
	case p.evidence.Steps != head.Steps:
		return fmt.Errorf("the evidence is of %d steps, want %d as in the header", p.evidence.Steps, head.Steps)
	case !reflect.DeepEqual(head.Rules, p.evidence.Rules):
		return errors.New("the evidence was gathered by other rules: to try others, take a recording that has none")
	}
	return nil
}

func (p *player) begin(b begin) error {
	if b.Step != p.steps+1 {
		return fmt.Errorf("step %d begins, want %d", b.Step, p.steps+1)
	}
	p.steps++
	return p.evidence.Begin(b.Generation)
}

func (p *player) count(c counters) error {
	switch {
	case p.steps == 0:
		return errors.New(`counters before the first step, want {"step":1,"generation":…} first`)
	case c.Round <= p.last.Round:
		return fmt.Errorf("round %d, want more than %d of the round before", c.Round, p.last.Round)
	}
	at := slices.IndexFunc(p.round, func(r part) bool { return r.Proxy == c.Proxy })
	if at < 0 {
		at = len(p.round)
		p.round = append(p.round, part{verdict.Report{Proxy: c.Proxy, Epoch: c.Epoch}, p.line, c})
	}
	report := &p.round[at].Report
	switch {
	case len(p.round) > verdict.MaxProxies:
		return fmt.Errorf("round %d has more than %d proxies", c.Round, verdict.MaxProxies)
	case report.Epoch != c.Epoch:
		return fmt.Errorf("epoch is %d, want %d as before in this round of proxy %q", c.Epoch, report.Epoch, c.Proxy)
	case len(report.Generations) >= verdict.MaxGenerations:
		return fmt.Errorf("proxy %q has more than %d generations in round %d", c.Proxy, verdict.MaxGenerations, c.Round)
	}
	report.Generations = append(report.Generations, verdict.Generation{
		Generation: c.Generation, Weight: c.Weight, Candidate: c.Candidate, Stable: c.Stable})
	return nil
}

// judge ends a round, if there is one. Rounds that are missing before it are
// those in which no proxy had anything to report.
func (p *player) judge() error {
	if len(p.round) == 0 {
		return nil
	}
	now := p.round[0].first
	for range min(now.Round-p.last.Round-1, verdict.RecentRounds) {
		p.evidence.Add()
	}
	var all []verdict.Report
	for _, r := range p.round {
		all = append(all, r.Report)
	}
	for _, problem := range p.evidence.Add(all...) {
		return p.refuse(problem)
	}
	p.last = Look{now.Round, now.Time, p.evidence.Decide()}
	p.round = nil
	if p.look != nil {
		p.look(p.last)
	}
	return nil
}

// refuse finds the line of a report that cannot be right.
func (p *player) refuse(problem error) error {
	var refused *verdict.Refused
	if errors.As(problem, &refused) {
		for _, r := range p.round {
			if r.Proxy == refused.Proxy {
				return &Error{r.line, problem}
			}
		}
	}
	return problem
}
