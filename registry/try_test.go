package registry_test

import (
	"testing"
	"testing/synctest"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

// TestTryLeavesEverythingAsItIs and says what a weight would come to.
func TestTryLeavesEverythingAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want})
		in := route.Intent{Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"canary": 0}}
		if b.Try(in) != nil {
			t.Error("a table is foreseen before there is one")
		}
		changed := b.Changed()
		source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", "variant=canary"))
		want.say <- []intent.Entry{}
		<-b.Ready()
		<-changed
		now := b.Status()
		share := func(i route.Intent) float64 { return b.Try(i).Routes()[0].Variants()[0].Share }
		if got := share(in); got != 0 { // candidates come first
			t.Errorf("with weight 0 it gets %v", got)
		}
		if got := share(route.Intent{Scope: in.Scope}); got != 0.5 {
			t.Errorf("without an intent it gets %v", got)
		}
		if after := b.Status(); after.Generation != now.Generation {
			t.Errorf("generation %d became %d", now.Generation, after.Generation)
		}
	})
}
