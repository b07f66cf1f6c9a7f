package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/rollout/event"
	"weir/rollout/verdict"
	"weir/rollout/verdict/replay"
	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// live is a rollout as the leader saw it, recorded.
func live(t *testing.T, unit verdict.Unit, risk float64, seed uint64) (recording []byte, looks []verdict.Decision, end verdict.Verdict) {
	t.Helper()
	rules := verdict.DefaultRules()
	rules.Unit = unit
	evidence, err := verdict.New(rules, 3)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := replay.NewWriter(&file, "web/14", rules, 3)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(seed, 1))
	counters := []*verdict.Counter{verdict.NewCounter("edge-1", 7, rules), verdict.NewCounter("edge-2", 8, rules)}
	for round := range 30 {
		generation := uint64(round/10 + 1)
		if round%10 == 0 {
			if err := errors.Join(evidence.Begin(generation), w.Begin(generation)); err != nil {
				t.Fatal(err)
			}
		}
		if round == 15 {
			counters[1] = verdict.NewCounter("edge-2", 9, rules) // it was started anew
		}
		var reports []verdict.Report
		for _, c := range counters {
			if round%7 != 3 { // nobody answers
				draw(c, dice, generation, risk)
				reports = append(reports, c.Report())
			}
		}
		if problems := evidence.Add(reports...); problems != nil {
			t.Fatal(problems)
		}
		if err := w.Add(time.Unix(1_790_000_000+int64(5*round), 0).UTC(), reports...); err != nil {
			t.Fatal(err)
		}
		if len(reports) > 0 {
			looks = append(looks, evidence.Decide())
			if end = evidence.Judge(); end.Outcome == verdict.Fail {
				break
			}
		}
	}
	return file.Bytes(), looks, end
}

func draw(c *verdict.Counter, dice *rand.Rand, generation uint64, risk float64) {
	for range 400 {
		d := verdict.Drawn{Generation: generation, Weight: route.Weight(500 * generation), Client: dice.Uint32N(5000)}
		d.Candidate = dice.Float64() < float64(d.Weight)/10000
		bad := 0.005
		if d.Candidate {
			bad *= risk
		}
		if dice.Float64() < bad {
			d.Met = d.Met.With(event.HTTPStatus)
		}
		c.Count(d)
	}
}

// TestReplayIsWhatTheLeaderSaw: every look and the whole verdict are the same.
func TestReplayIsWhatTheLeaderSaw(t *testing.T) {
	failed := 0
	for seed := range uint64(12) {
		unit := []verdict.Unit{verdict.Requests, verdict.Clients}[seed%2]
		recording, looks, end := live(t, unit, []float64{1, 10}[seed/6], seed)
		var got []verdict.Decision
		result, err := replay.Judge(bytes.NewReader(recording), func(l replay.Look) { got = append(got, l.Decision) })
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, looks) {
			t.Errorf("seed %d: looks are\n%+v, want\n%+v", seed, got, looks)
		}
		if !reflect.DeepEqual(result.Verdict, end) || result.Rollout != "web/14" {
			t.Errorf("seed %d: %+v, want %+v", seed, result.Verdict, end)
		}
		if end.Outcome == verdict.Fail {
			failed++
		}
	}
	if failed != 6 {
		t.Errorf("%d of 12 failed, want the 6 with ten times the errors", failed)
	}
}

// TestErrorsNameTheLine, the value and what was expected.
func TestErrorsNameTheLine(t *testing.T) {
	good, err := os.ReadFile("testdata/good.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(good)), "\n")
	for _, c := range []struct {
		line     int // 0: after the last
		old, new string
		want     string
	}{
		{1, `"recording":1`, `"recording":2`, "line 1: recording is 2, want 1"},
		{1, `"steps":2`, `"steps":0`, "line 1: 0 steps, want 1 to 64"},
		{1, `"steps":2,`, ``, `line 1: the key "steps" is missing`},
		{1, `"alpha":0.01`, `"alpha":7`, "line 1: alpha is 7, want from 1e-9 to 0.5"},
		{1, `"alpha"`, `"alfa"`, `line 1: json: unknown field "alfa"`},
		{1, lines[0], lines[1], "line 1: want the header first"},
		{2, lines[1], lines[0], "line 2: a second header"},
		{2, lines[1], lines[2], "line 2: counters before the first step"},
		{2, `"step":1`, `"step":2`, "line 2: step 2 begins, want 1"},
		{2, `"generation":12`, `"generation":-1`, "line 2: generation is a number -1, want a whole number from 0"},
		{3, `"weight":"5%"`, `"weight":"500%"`, `line 3: weight "500%" is not between 0% and 100%`},
		{3, `"weight":"5%",`, ``, `line 3: the key "weight" is missing`},
		{3, `"units":60`, `"units":"many"`, "line 3: candidate.units is a string, want a whole number from 0"},
		{3, `"http_5xx":1`, `"http_5xx":61`, `line 3: counters of proxy "edge-1": generation 12: 61 of 60 units met http_5xx`},
		{3, `"http_5xx":1`, `"http_6xx":1`, `line 3: bad event "http_6xx" is none of http_5xx`},
		{3, `"connect_fail":0`, `"timeout":0`, `line 3: counters of proxy "edge-1": generation 12: connect_fail is not counted`},
		{3, "}}}", "}}", "line 3: the line ends within its JSON object"},
		{3, `"proxy"`, `"proxi"`, `line 3: none of the keys`},
		{4, `"round":1`, `"round":0`, "line 4: round 0, want more than 1 of the round before"},
		{5, `"epoch":1`, `"epoch":0`, `line 5: counters of proxy "edge-1": epoch 0 is before 1, which was seen`},
		{5, `"units":120`, `"units":50`, `line 5: counters of proxy "edge-1": generation 12: candidate: units went back from 60 to 50`},
		{7, `"generation":13`, `"generation":12`, "line 7: a step begins with generation 12, want above 12"},
		{9, `"epoch":1`, `"epoch":2`, `line 9: epoch is 2, want 1 as before in this round of proxy "edge-1"`},
		{0, "", strings.Repeat("x", 5<<20), "is longer than 4194304 bytes"},
	} {
		changed := append([]string(nil), lines...)
		if c.line == 0 {
			changed = append(changed, c.new)
		} else if changed[c.line-1] = strings.Replace(lines[c.line-1], c.old, c.new, 1); changed[c.line-1] == lines[c.line-1] {
			t.Fatalf("line %d has no %s", c.line, c.old)
		}
		_, err := replay.Judge(strings.NewReader(strings.Join(changed, "\n")), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("line %d, %s: %v, want %s", c.line, c.new, err, c.want)
		}
	}
	if _, err := replay.Judge(strings.NewReader(""), nil); err == nil || !strings.Contains(err.Error(), "want a recording") {
		t.Error(err)
	}
}

// TestBounds: a crowd in one round is refused, not kept.
func TestBounds(t *testing.T) {
	head := `{"recording":1,"steps":1}` + "\n" + `{"step":1,"generation":1}` + "\n"
	line := `{"round":1,"proxy":"edge-%d","epoch":1,"generation":%d,"weight":"5%%","candidate":{"units":1,"bad":{}},"stable":{"units":1,"bad":{}}}` + "\n"
	proxies, generations := head, head
	for i := range 300 {
		proxies += fmt.Sprintf(line, i, 1)
		generations += fmt.Sprintf(line, 1, i+1)
	}
	for file, want := range map[string]string{proxies: "line 259: round 1 has more than 256 proxies", generations: `line 19: proxy "edge-1" has more than 16 generations in round 1`} {
		if _, err := replay.Judge(strings.NewReader(file), nil); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestARecordingThatGoesOn judges as the whole does, from any round on.
func TestARecordingThatGoesOn(t *testing.T) {
	rules := verdict.DefaultRules()
	rules.Unit = verdict.Requests
	evidence, err := verdict.New(rules, 2)
	if err != nil {
		t.Fatal(err)
	}
	dice, counter := rand.New(rand.NewPCG(1, 1)), verdict.NewCounter("edge-1", 7, rules)
	type part struct {
		file *bytes.Buffer
		w    *replay.Writer
	}
	var parts []part
	for round := range 12 {
		file := &bytes.Buffer{}
		w, err := replay.Continue(file, "web/14", evidence)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{file, w})
		begins := round%6 == 0
		if begins {
			err = evidence.Begin(uint64(round/6 + 1))
		}
		draw(counter, dice, uint64(round/6+1), 2)
		report := counter.Report()
		if problems := evidence.Add(report); problems != nil || err != nil {
			t.Fatal(problems, err)
		}
		for _, p := range parts {
			if begins {
				err = p.w.Begin(uint64(round/6 + 1))
			}
			if err = errors.Join(err, p.w.Add(time.Time{}, report)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, p := range parts {
		result, err := replay.Judge(p.file, nil)
		if err != nil || !reflect.DeepEqual(result.Verdict, evidence.Judge()) {
			t.Errorf("from round %d: %+v (%v), want %+v", i, result.Verdict, err, evidence.Judge())
		}
	}
}
