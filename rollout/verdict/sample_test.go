package verdict

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestSampleIsExactWhileThereIsRoom, and close to the truth beyond.
func TestSampleIsExactWhileThereIsRoom(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var s Sample
	for n := 1; n <= 1_000_000; n++ {
		s.Add(dice.Uint32(), VisitorLimit)
		if len(s.marks) > VisitorLimit {
			t.Fatalf("%d marks, at most %d", len(s.marks), VisitorLimit)
		}
		off := math.Abs(float64(s.Count())/float64(n) - 1)
		if n <= VisitorLimit && off != 0 || off > 0.25 {
			t.Fatalf("after %d: %d", n, s.Count())
		}
	}
}

// TestSampleForgetsNothingThatCounts: whatever the order of marks, and in
// however many parts they came, a mark counts once, and at last the same are
// held.
func TestSampleForgetsNothingThatCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := rapid.SliceOf(rapid.Uint32Range(0, 40)).Draw(t, "marks")
		limit := rapid.IntRange(1, 8).Draw(t, "limit")
		var whole, a, b Sample
		news := map[uint32]int{}
		for i, m := range marks {
			if whole.Add(m, limit) {
				news[m]++
			}
			if i%2 == 0 {
				a.Add(m, limit)
			} else {
				b.Add(m, limit)
			}
		}
		for m, n := range news {
			if n != 1 {
				t.Errorf("%d was new %d times", m, n)
			}
		}
		a.Merge(b, limit)
		if len(a.marks) != len(whole.marks) || len(a.marks) > 0 && !reflect.DeepEqual(a, whole) {
			t.Errorf("merged %v, whole %v", a, whole)
		}
	})
}

func FuzzSample(f *testing.F) {
	f.Add([]byte(`{"level":0,"marks":"AAAAAQAAAAI="}`))
	f.Add([]byte(`{"level":1,"marks":"AAAAAgAAAAQ="}`))
	f.Add([]byte(`{"level":0,"marks":"AAAAAgAAAAE="}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Sample
		if err := json.Unmarshal(text, &s); err != nil {
			t.Skip()
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again, rebuilt Sample
		if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(s, again) {
			t.Fatal(s, again, err)
		}
		rebuilt.Merge(s, HitLimit)
		if len(s.marks) > 0 && !reflect.DeepEqual(s, rebuilt) {
			t.Fatalf("%v, added one by one %v", s, rebuilt)
		}
	})
}
