package nomad

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"weir/rollout/detect"
	"weir/route"
)

// TestVersions: which version the instances of each recorded phase are, when
// all have the same tags. Versions 4, 6 and 9 of the job run the same: those
// are reverts, the last one by Nomad itself.
func TestVersions(t *testing.T) {
	for _, c := range []struct {
		phase, known string // keys that were there before, stable first
		want         string
	}{
		{"04-canary-shared", "nomad-2", "nomad-2=3 nomad-3=1 (1 canary)"},
		{"05-canary-shared-just-after-promote", "nomad-2 nomad-3", "nomad-2=1 nomad-3=2"},
		{"08-blue-green", "nomad-4", "nomad-4=3 nomad-5=3 (3 canary)"},
		{"10-revert-before-promotion", "nomad-5 nomad-4", "nomad-4=1 (1 canary) nomad-5=3"},
		{"10-revert", "nomad-5 nomad-4", "nomad-4=3"},
		{"11-canary-fail", "nomad-4", "nomad-4=3 nomad-7=1 (1 canary)"},
		{"12-auto-revert-before-promotion", "nomad-4 nomad-8", "nomad-4=3 (1 canary) nomad-8=1"},
		{"12-auto-revert", "nomad-4 nomad-8", "nomad-4=3"},
	} {
		f := startFake(t, c.phase)
		client := start(t, f.URL)
		all := until(t, client, f.ids(), complete(f.ids()))
		var instances []route.Instance
		for _, id := range slices.Sorted(maps.Keys(all)) {
			instances = append(instances, route.Instance{Service: "web", ID: "_nomad-task-" + id + "-web-web-https", Tags: []string{"urlprefix-a.test/"}, Up: true})
		}
		reader := detect.Reader{Scope: route.Scope{Kind: "service", Name: "web"}, Allocations: all}
		var got []string
		for _, g := range reader.Read(instances, f.known(t, c.known)) {
			text := fmt.Sprintf("%s=%d", g.Key, g.All)
			if g.Canaries > 0 {
				text += fmt.Sprintf(" (%d canary)", g.Canaries)
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s, want %s", c.phase, got, c.want)
		}
	}
}

// known is what a rollout remembers of job versions, with the keys "nomad-N".
func (f *fake) known(t *testing.T, keys string) (k detect.Known) {
	t.Helper()
	for key := range strings.FieldsSeq(keys) {
		var n uint64
		fmt.Sscanf(key, "nomad-%d", &n)
		spec, err := detect.Fingerprint(f.versions[n], jobName)
		if err != nil {
			t.Fatal(err)
		}
		if k.Stable == "" {
			k.Stable = key
		}
		k.Versions = append(k.Versions, detect.Version{Key: key, JobVersion: n, Spec: spec})
	}
	return k
}
