package detect_test

import (
	"fmt"
	"testing"
	"time"

	"weir/rollout/detect"
	"weir/route"
)

func job(key string, up, all int, version uint64) detect.Group {
	return detect.Group{Key: key, Up: up, All: all, Nomad: &detect.Nomad{JobVersion: version}}
}

func group(key string, up, all int) detect.Group { return detect.Group{Key: key, Up: up, All: all} }

// TestEmerging follows a new version second by second.
func TestEmerging(t *testing.T) {
	stable := group("v1", 3, 3)
	for _, tt := range []struct {
		name string
		seen []detect.Seen
		want string // after each second: key present passing
	}{
		{"it counts from when it is seen", []detect.Seen{{stable}, {stable, group("v2", 0, 1)}, {stable, group("v2", 1, 1)}, {stable, group("v2", 1, 1)}},
			"- 0s 0s, v2 0s 0s, v2 1s 1s, v2 2s 2s"},
		{"a check that flaps begins again", []detect.Seen{{group("v2", 1, 1)}, {group("v2", 1, 1)}, {group("v2", 0, 1)}, {group("v2", 1, 1)}},
			"v2 0s 0s, v2 1s 1s, v2 2s 0s, v2 3s 1s"},
		{"one that leaves is forgotten", []detect.Seen{{group("v2", 1, 1)}, {stable}, {group("v2", 1, 1)}}, "v2 0s 0s, - 0s 0s, v2 0s 0s"},
		{"a newer job version takes its place", []detect.Seen{{job("a", 1, 1, 3)}, {job("a", 1, 1, 3), job("b", 1, 1, 4)}}, "a 0s 0s, b 0s 0s"},
		{"more instances do not", []detect.Seen{{group("a", 1, 1)}, {group("a", 1, 1), group("b", 5, 5)}}, "a 0s 0s, a 1s 1s"},
		{"what is not told yet does not emerge", []detect.Seen{{group("", 5, 5)}}, "- 0s 0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e detect.Emerging
			got := ""
			for i, seen := range tt.seen {
				e = e.Next(seen, func(g detect.Group) bool { return g.Key != "v1" }, 1, time.Second)
				if i > 0 {
					got += ", "
				}
				key := e.Key
				if key == "" {
					key = "-"
				}
				got += fmt.Sprintf("%s %v %v", key, e.Present, e.Passing)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestFirst chooses the stable version of a service that was never seen.
func TestFirst(t *testing.T) {
	canary := group("c", 5, 5)
	canary.Marked = 1
	waiting := job("n", 5, 5, 1)
	waiting.Canaries = 5
	for _, tt := range []struct {
		name string
		seen detect.Seen
		want string
	}{
		{"the only one", detect.Seen{group("v1", 1, 2)}, "v1"},
		{"none is up", detect.Seen{group("v1", 0, 2), group("", 2, 2)}, ""},
		{"a canary is not, however many it has", detect.Seen{canary, group("v1", 1, 1)}, "v1"},
		{"nor one that Nomad has not promoted", detect.Seen{waiting, job("o", 1, 1, 0)}, "o"},
		{"more before fewer", detect.Seen{group("a", 1, 9), group("b", 2, 2)}, "b"},
		{"an old job version before a new one", detect.Seen{job("b", 1, 1, 1), job("a", 1, 1, 2)}, "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if g, ok := tt.seen.First(); g.Key != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q %t, want %q", g.Key, ok, tt.want)
			}
		})
	}
}

// TestCapacity is what one canary of ten instances may carry.
func TestCapacity(t *testing.T) {
	for _, tt := range []struct {
		candidate, stable int
		ratio             float64
		want              route.Weight
	}{
		{1, 8, 2, 2222}, {1, 9, 2, 2000}, {3, 3, 2, 10000}, {1, 0, 2, 10000}, {0, 3, 2, 0}, {0, 0, 2, 0}, {5, 1, 2, 10000}, {1, 9, 0.5, 500},
	} {
		if got := detect.Capacity(tt.candidate, tt.stable, tt.ratio); got != tt.want {
			t.Errorf("%d of %d with ratio %v: %s, want %s", tt.candidate, tt.candidate+tt.stable, tt.ratio, got, tt.want)
		}
	}
}
