package verdict

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"weir/rollout/event"
)

// FuzzDecode: what is accepted comes back the same after it was written again,
// and is judged without a number that JSON cannot hold.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"fail.json", "undecided.json", "clients.json"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := Decode(text)
		if err != nil {
			t.Skip()
		}
		b, err := first.Encode()
		if err != nil {
			t.Fatal(err)
		}
		second, err := Decode(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if again, _ := second.Encode(); !bytes.Equal(b, again) {
			t.Fatalf("%s\n%s", b, again)
		}
		v := first.Judge()
		if !reflect.DeepEqual(v, second.Judge()) {
			t.Fatal("judged otherwise")
		}
		for _, x := range []float64{v.E, v.Enough} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Fatalf("%+v", v)
			}
		}
		v.Explain()
		second.Add(report("edge-1", 1, 500, met5xx(1, 1), met5xx(1, 0)))
	})
}

// TestDecodeRefuses what no evidence could have come to.
func TestDecodeRefuses(t *testing.T) {
	good, err := os.ReadFile("testdata/fail.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "schema is 2, want 1"},
		{`"alpha": 0.01`, `"alpha": 7`, "alpha is 7"},
		{`"steps": 2`, `"steps": 65`, "2 starts of 65 steps"},
		{`"starts": [12, 15]`, `"starts": [15, 12]`, "step 1 begins with generation 12, the one before with 15"},
		{`"starts": [12, 15]`, `"starts": [12]`, "its step has not begun"},
		{`"weight": "5%"`, `"weight": "500%"`, `weight "500%" is not between`},
		{`"weight": "5%"`, `"weight": "1%"`, ""},
		{`"http_5xx": 14`, `"http_5xx": 1400`, "1400 of 912 units met http_5xx"},
		{`"http_5xx": 14`, `"http_6xx": 14`, `bad event "http_6xx" is none of`},
		{`"units": 912`, `"units": -1`, "cannot unmarshal"},
		{`"schema": 1`, `"schema": 1, "sigma": 3`, `unknown field "sigma"`},
		{"\n}\n", "\n}\n{}", "something follows it"},
	} {
		text := strings.Replace(string(good), c.old, c.new, 1)
		if text == string(good) {
			t.Fatalf("%s is not in the file", c.old)
		}
		_, err := Decode([]byte(text))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	if _, err := Decode(make([]byte, MaxSize+1)); err == nil {
		t.Error("more than MaxSize was read")
	}
}

// TestEvidenceStaysSmall: twenty proxies, three events and as many clients as
// are remembered stay below 64 KiB.
func TestEvidenceStaysSmall(t *testing.T) {
	rules := DefaultRules()
	rules.Unit, rules.Events = Clients, []event.Event{event.HTTPStatus, event.ConnectFail, event.SlowP99}
	e, err := New(rules, 8)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 1))
	for generation := range uint64(8) {
		if err := e.Begin(100 + generation); err != nil {
			t.Fatal(err)
		}
		for p := range 20 {
			c := NewCounter(fmt.Sprintf("edge-%02d.example.com", p), 1_790_000_000_000+generation, rules)
			for i := range 400 {
				met := event.Set(0).With(rules.Events[i%3])
				c.Count(Drawn{Generation: 100 + generation - uint64(i%2), Weight: 100 << generation / 2, Candidate: i%5 == 0, Client: dice.Uint32(), Met: met})
			}
			e.Add(c.Report())
		}
	}
	b, err := e.Encode()
	if err != nil || len(b) > 64<<10 {
		t.Errorf("%d bytes, want at most 64 KiB (%v)", len(b), err)
	}
	t.Log(len(b), "bytes")
}
