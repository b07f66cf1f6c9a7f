package verdict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"weir/rollout/event"
)

// MaxSize bounds the JSON form of evidence, in bytes. A fleet of twenty proxies
// and a thousand clients that met something need about 50 KiB.
const MaxSize = 512 << 10

// Encode prints evidence as JSON, always the same for the same evidence.
func (e *Evidence) Encode() ([]byte, error) { return json.Marshal(e) }

// Decode reads what Encode prints. An error names what no evidence could have
// come to; evidence of another schema is refused as a whole, since half of it
// would be taken for all.
func Decode(text []byte) (*Evidence, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("evidence of %d bytes, at most %d are read", len(text), MaxSize)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	e := &Evidence{}
	if err := d.Decode(e); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("evidence: something follows it")
	}
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	if e.Proxies == nil {
		e.Proxies = map[string]Seen{}
	}
	return e, nil
}

func (e *Evidence) check() error {
	if e.Schema != Schema {
		return fmt.Errorf("schema is %d, want %d", e.Schema, Schema)
	}
	if err := e.Rules.Check(); err != nil {
		return err
	}
	if e.Steps < 1 || e.Steps > MaxSteps || len(e.Starts) > e.Steps {
		return fmt.Errorf("%d starts of %d steps, want up to %d steps and no more starts", len(e.Starts), e.Steps, MaxSteps)
	}
	for i := 1; i < len(e.Starts); i++ {
		if e.Starts[i] <= e.Starts[i-1] {
			return fmt.Errorf("step %d begins with generation %d, the one before with %d", i, e.Starts[i], e.Starts[i-1])
		}
	}
	if len(e.Strata) > MaxStrata || len(e.Proxies) > MaxProxies || len(e.Recent) > RecentRounds {
		return fmt.Errorf("%d strata, %d proxies and %d rounds, want at most %d, %d and %d",
			len(e.Strata), len(e.Proxies), len(e.Recent), MaxStrata, MaxProxies, RecentRounds)
	}
	return errors.Join(e.checkStrata(), e.checkProxies(), e.checkRest())
}

func (e *Evidence) checkStrata() error {
	for i, s := range e.Strata {
		if s.Step < 0 || s.Step >= len(e.Starts) || i > 0 && compareStrata(e.Strata[i-1], s) >= 0 {
			return fmt.Errorf("stratum %d of step %d at %s is out of order or its step has not begun", i, s.Step, s.Weight)
		}
		for _, side := range []Side{s.Candidate, s.Stable} {
			if err := e.checkSide(side); err != nil {
				return fmt.Errorf("stratum %d: %w", i, err)
			}
		}
	}
	return nil
}

func (e *Evidence) checkSide(s Side) error {
	if err := e.checkTally(s.Tally); err != nil {
		return err
	}
	for _, clients := range []Counts{s.Hits, s.HitsNow} {
		for met, n := range clients {
			if e.Rules.Unit != Clients || !slices.Contains(e.Rules.Events, met) || n > maxCount {
				return fmt.Errorf("%d clients met %s, which no proxy could have reported", n, met)
			}
		}
	}
	if s.Visitors > maxCount || e.Rules.Unit != Clients && s.Visitors > 0 {
		return fmt.Errorf("%d visitors, want at most 2^53, and none where requests are the unit", s.Visitors)
	}
	return nil
}

func (e *Evidence) checkTally(t Tally) error {
	if t.Units > maxCount {
		return fmt.Errorf("%d units are more than 2^53", t.Units)
	}
	for met, n := range t.Bad {
		if !slices.Contains(e.Rules.Events, met) || n > t.Units {
			return fmt.Errorf("%d of %d units met %s", n, t.Units, met)
		}
	}
	return nil
}

func (e *Evidence) checkProxies() error {
	for name, s := range e.Proxies {
		if name == "" || len(name) > maxName {
			return fmt.Errorf("a proxy's name has %d bytes, want 1 to %d", len(name), maxName)
		}
		before := Seen{Epoch: s.Epoch, Gone: s.Gone}
		after, _, err := before.advance(Report{Proxy: name, Epoch: s.Epoch, Generations: s.Generations}, e.Rules.Events)
		if err != nil {
			return fmt.Errorf("proxy %q: %w", name, err)
		}
		e.Proxies[name] = after // without clients, if it had any
	}
	return nil
}

func (e *Evidence) checkRest() error {
	for met, clients := range e.Witnesses {
		if e.Rules.Unit != Requests || !slices.Contains(e.Rules.Events, met) || len(clients) > MinClients {
			return fmt.Errorf("%d witnesses of %s", len(clients), event.Event(met))
		}
	}
	if e.Rules.Unit != Clients && len(e.Hit.marks)+len(e.HitNow.marks) > 0 {
		return errors.New("clients are remembered where requests are the unit")
	}
	for _, r := range e.Recent {
		if err := errors.Join(e.checkTally(r.Candidate), e.checkTally(r.Stable)); err != nil {
			return err
		}
	}
	return nil
}
