package controller_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout/controller"
)

// TestEveryProxyKnowsWhoLeads, also after the leader has stopped.
func TestEveryProxyKnowsWhoLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		names := []string{"edge-1", "edge-2", "edge-3"}
		for _, name := range names {
			f.start(t, s, name, canary())
		}
		one := f.proxies["edge-2"]
		if list := one.Fleet(); len(list) != 1 || list[0].Name != "edge-2" || !list[0].Self || list[0].Leads {
			t.Errorf("without a policy edge-2 knows %+v, want itself alone", list)
		}
		one.put(t, "web", short)
		for range names[1:] {
			time.Sleep(time.Minute)
			leader, err := leads(f.proxies)
			if err != nil {
				t.Fatal(err)
			}
			f.proxies[leader].stop()
		}
		time.Sleep(time.Hour) // those that have stopped are forgotten
		if leader, err := leads(f.proxies); err != nil {
			t.Error(leader, err)
		}
	})
}

// leads is the proxy that all of them say leads.
func leads(proxies map[string]*proxy) (leader string, err error) {
	for name, p := range proxies {
		var known []controller.Peer
		there := false
		for _, one := range p.Fleet() {
			if one.Leads {
				known = append(known, one)
			}
			there = there || one.Self && one.Name == name && one.Announced
		}
		if len(known) != 1 || leader != "" && known[0].Name != leader || !there {
			return "", fmt.Errorf("%s says that these lead: %+v; fleet %+v", name, known, p.Fleet())
		}
		leader = known[0].Name
	}
	if proxies[leader] == nil {
		return "", errors.New(leader + " leads and is gone")
	}
	return leader, nil
}
