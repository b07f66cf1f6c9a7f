package controller_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/route"
)

// TestAGroupGoesOneAfterAnother: of two rollouts that are ready at the same time
// one begins, and the other one when that has ended, under another leader, too.
func TestAGroupGoesOneAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := route.Scope{Kind: "service", Name: "db"}
		both := func(list []route.Instance) []route.Instance {
			for _, in := range slices.Clone(list) {
				in.Service, in.ID, in.Port = "db", "db"+in.ID, 81
				in.Tags = []string{"urlprefix-db.test/", in.Tags[1]}
				list = append(list, in)
			}
			return list
		}
		f, s := newFleet(), memory(t)
		first := f.start(t, s, "edge-1", both(instances("v1", 3)))
		first.put(t, "web", asking+"group: edge\n")
		first.put(t, "db", strings.Replace(asking, "web", "db", 1)+"group: edge\n")
		time.Sleep(time.Minute)
		first.source.Set(both(canary()))
		time.Sleep(time.Minute)
		wants := func(p *proxy, who route.Scope, stage rollout.Phase, hold string) {
			t.Helper()
			r, _ := p.Get(who)
			held := ""
			for _, h := range r.Holds {
				held += string(h.Cause) + ": " + h.Message
			}
			if r.Stage != stage || held != hold {
				t.Errorf("%s is %s, held by %q, want %s by %q", who, r.Stage, held, stage, hold)
			}
		}
		const asks = "step: wait until somebody promotes"
		wants(first, db, rollout.Progressing, asks)
		wants(first, web, rollout.Preview, "group: service/db goes first: it has the group edge, and waits for somebody")
		second := f.start(t, s, "edge-2", both(canary()))
		first.stop()
		time.Sleep(2 * time.Hour)
		wants(second, db, rollout.Progressing, asks)
		wants(second, web, rollout.Preview, "group: service/db goes first: it has the group edge, and waits for somebody")
		if _, err := second.Command(t.Context(), db, rollout.Command{Verb: rollout.Promote, Full: true}, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		wants(second, db, rollout.Healthy, "")
		wants(second, web, rollout.Progressing, asks)
	})
}
