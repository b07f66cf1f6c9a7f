package detect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"weir/rollout/detect"
	"weir/route"
)

// TestLints checks which warnings a deployment gives.
func TestLints(t *testing.T) {
	good := detect.Job{Canary: 1, Count: 3, ShutdownDelay: 5 * time.Second, Groups: 1}
	with := func(change func(*detect.Job)) *detect.Job { j := good; change(&j); return &j }
	stable := detect.Group{Key: "v1", Up: 3, All: 3, OnRoute: 3}
	canary := detect.Group{Key: "v2", Up: 3, All: 3, OnRoute: 3}
	for _, tt := range []struct {
		name string
		c    detect.Group
		s    detect.Group
		job  *detect.Job
		want string
	}{
		{"nothing", canary, stable, &good, ""},
		{"Nomad is not asked", canary, stable, nil, ""},
		{"auto_promote", canary, stable, with(func(j *detect.Job) { j.AutoPromote = true }), "auto_promote"},
		{"no canary", canary, stable, with(func(j *detect.Job) { j.Canary = 0 }), "no_canary"},
		{"no delay", canary, stable, with(func(j *detect.Job) { j.ShutdownDelay = 0 }), "shutdown_delay"},
		{"two groups", canary, stable, with(func(j *detect.Job) { j.Groups = 2 }), "groups"},
		{"canary_tags without a version", detect.Group{Key: "canary", Up: 3, All: 3, OnRoute: 3, Made: true}, stable,
			with(func(j *detect.Job) { j.CanaryTags = true }), "no_version canary_tags"},
		{"the same version on both", detect.Group{}, detect.Group{Key: "v1", Up: 4, All: 4, Marked: 1}, nil, "mixed"},
		{"used again", detect.Group{Key: "v1#2", Up: 3, All: 3, OnRoute: 3}, stable, nil, "version_reused"},
		{"its own hostname only", detect.Group{Key: "v2", Up: 3, All: 3}, stable, nil, "isolated"},
		{"one of four carries half", detect.Group{Key: "v2", Up: 1, All: 1, OnRoute: 1}, stable, nil, "capacity"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var codes []string
			known := detect.Known{Stable: tt.s.Key, Candidate: tt.c.Key}
			for _, l := range detect.Lints(detect.Seen{tt.s, tt.c}, known, tt.job, route.Full, 2) {
				codes = append(codes, l.Code)
			}
			if got := strings.Join(codes, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFingerprint says what makes another version of a job, on the recorded ones.
func TestFingerprint(t *testing.T) {
	c := &testCase{specs: map[uint64]string{}}
	c.readVersions(t, "testdata/versions/main.json")
	if c.specs[6] != c.specs[4] || c.specs[9] != c.specs[4] {
		t.Errorf("the reverts 6 and 9 of version 4 are other versions: %v", c.specs)
	}
	var different []string
	for _, v := range []uint64{0, 1, 2, 3, 4, 5, 7, 8} {
		if slices.Contains(different, c.specs[v]) {
			t.Errorf("version %d is one before it: %v", v, c.specs)
		}
		different = append(different, c.specs[v])
	}
	job := `{"ID": "web", "TaskGroups": [{"Name": "web", "Count": 3, "Update": {"Canary": 1}, "Tasks": [{"Name": "t", "Config": {"image": "a"}, "Services": null}]}]}`
	for _, tt := range []struct {
		name, from, to string
		same           bool
	}{
		{"count", `"Count": 3`, `"Count": 5`, true},
		{"update stanza", `"Canary": 1`, `"Canary": 3`, true},
		{"services", `"Services": null`, `"Services": [{"Tags": ["x"]}]`, true},
		{"image", `"a"`, `"b"`, false},
	} {
		before, err1 := detect.Fingerprint([]byte(job), "web")
		after, err2 := detect.Fingerprint([]byte(strings.Replace(job, tt.from, tt.to, 1)), "web")
		if (before == after) != tt.same || err1 != nil || err2 != nil {
			t.Errorf("%s: same %t, want %t (%v, %v)", tt.name, before == after, tt.same, err1, err2)
		}
	}
	if _, err := detect.Fingerprint([]byte(job), "db"); err == nil || !strings.Contains(err.Error(), `web has no task group "db"`) {
		t.Errorf("no such group: %v", err)
	}
}
