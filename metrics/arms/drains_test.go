package arms

import (
	"testing"
	"time"

	"weir/route"
)

// TestSinceWhenAVersionDrains: from the first time on that it does, until it stops.
func TestSinceWhenAVersionDrains(t *testing.T) {
	web := route.Scope{Kind: "service", Name: "web"}
	a, at := &Arms{}, time.Now()
	for i, c := range []struct {
		drains []string
		since  map[string]int // in the steps of this list
	}{
		{[]string{"v1"}, map[string]int{"v1": 0}},
		{[]string{"v1", "v2"}, map[string]int{"v1": 0, "v2": 1}},
		{[]string{"v2"}, map[string]int{"v2": 1}},
		{[]string{"v2", "v1"}, map[string]int{"v2": 1, "v1": 3}},
		{nil, nil},
		{[]string{"v2"}, map[string]int{"v2": 5}},
	} {
		var drains []route.Drain
		for _, v := range c.drains {
			drains = append(drains, route.Drain{Scope: web, Version: v})
		}
		a.begin(drains, at.Add(time.Duration(i)*time.Minute))
		for _, d := range drains {
			if want := at.Add(time.Duration(c.since[d.Version]) * time.Minute); !d.Since.Equal(want) {
				t.Errorf("step %d: %s drains since %v, want %v", i, d.Version, d.Since.Sub(at), want.Sub(at))
			}
		}
	}
}
