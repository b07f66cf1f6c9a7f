package controller_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTablesAreTold: of each proxy, by each, and of one that does not answer why.
func TestTablesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		for _, name := range []string{"edge-1", "edge-2", "edge-3"} {
			f.start(t, s, name, canary())
		}
		f.proxies["edge-1"].put(t, "web", short)
		time.Sleep(time.Minute)
		f.setCut("edge-3", true)
		told := f.proxies["edge-1"].Tell(t.Context())
		one, two := told["edge-1"], told["edge-2"]
		if len(told) != 3 || one.Table == nil || two.Table == nil || one.Table.Digest == "" || one.Table.Digest != two.Table.Digest {
			t.Errorf("%+v", told)
		}
		if told["edge-3"].Err == nil || one.Scopes[web.String()].Generation == 0 {
			t.Errorf("%+v", told)
		}
		f.setCut("edge-3", false)
		if f.proxies["edge-1"].Tell(t.Context())["edge-3"].Err == nil {
			t.Error("it is asked again at once")
		}
		time.Sleep(2 * time.Second)
		if told := f.proxies["edge-1"].Tell(t.Context())["edge-3"]; told.Err != nil || told.Table.Digest != one.Table.Digest {
			t.Errorf("%+v", told)
		}
		f.proxies["edge-2"].source.Set(canary()[:1])
		time.Sleep(2 * time.Second)
		if told := f.proxies["edge-1"].Tell(t.Context())["edge-2"]; told.Table.Digest == one.Table.Digest {
			t.Error("another table has the same digest")
		}
	})
}
