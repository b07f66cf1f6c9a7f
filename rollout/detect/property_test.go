package detect_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"weir/rollout/detect"
	"weir/route"
)

// TestEveryInstanceHasOneVersion checks that nothing is lost or counted twice,
// and that the order of a registry's answer does not matter.
func TestEveryInstanceHasOneVersion(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "v1", "v2", "canary", "blue", "bad key", "default"})
	rapid.Check(t, func(t *rapid.T) {
		known := detect.Known{Stable: word.Draw(t, "stable"), Candidate: word.Draw(t, "candidate"),
			Promoting: rapid.Bool().Draw(t, "promoting"), Instances: map[string]string{detect.Digest("n1/web-1"): word.Draw(t, "remembered")}}
		if known.Promoting && known.Candidate == "" {
			known.Candidate = "v2"
		}
		var all []route.Instance
		for i := range rapid.IntRange(0, 6).Draw(t, "n") {
			in := route.Instance{Service: "web", Node: "n1", ID: fmt.Sprint("web-", i), Up: rapid.Bool().Draw(t, "up"),
				Meta: map[string]string{"version": word.Draw(t, "meta"), "variant": word.Draw(t, "variant")}}
			in.Tags = []string{"urlprefix-app/ version=" + word.Draw(t, "option"), "version-" + word.Draw(t, "tag")}
			all = append(all, in)
		}
		reader := detect.Reader{Scope: route.Scope{Kind: "service", Name: "web"}}
		seen := reader.Read(all, known)
		times := map[string]int{}
		for _, g := range seen {
			if g.All != len(g.Instances) || g.Up > g.All || g.OnRoute > g.All || g.Key == "" {
				t.Fatalf("%+v does not add up", g)
			}
			for _, ref := range g.Instances {
				times[ref]++
			}
		}
		for i := range all {
			if times[detect.Ref(&all[i])] != 1 {
				t.Fatalf("%s is in %d versions of %+v", all[i].ID, times[detect.Ref(&all[i])], seen)
			}
		}
		rand.New(rand.NewPCG(1, uint64(len(all)))).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if again := reader.Read(all, known); !reflect.DeepEqual(again, seen) {
			t.Fatalf("in another order:\n%+v\nnot\n%+v", again, seen)
		}
	})
}
