package registry_test

import (
	"testing"
	"testing/synctest"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

func TestAppliedTellsWhichWritesTheTableFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want})
		source.say <- read(web("1", "10.0.0.1", ""))
		in := route.Intent{Scope: route.Scope{Kind: "service", Name: "web"}, Shares: map[string]route.Weight{"stable": route.Full}}
		for _, step := range []struct {
			entries []intent.Entry
			index   uint64
		}{
			{[]intent.Entry{{Intent: in, Index: 7}}, 7},
			{[]intent.Entry{{Intent: in, Index: 9}}, 9}, // the same again makes no other table
			{[]intent.Entry{}, 0},
		} {
			changed := b.Changed()
			want.say <- step.entries
			<-changed
			if got := b.Applied(in.Scope); got != step.index {
				t.Errorf("applied %d, want %d", got, step.index)
			}
		}
	})
}
