package controller_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
)

// asking is a policy that waits for somebody at 10 %.
const asking = `
service: web
guards: {max_weight_per_instance_ratio: 100}
steps: [{set_weight: 10%}, {pause: {}}, {set_weight: 100%}, {promote: {}}]
`

// folder is a folder with policies, by the names of their files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		replace(t, filepath.Join(dir, name), text)
	}
	return dir
}

// replace replaces a file in one step, which another inode tells even where the
// clock of the bubble stands still.
func replace(t *testing.T, path, text string) {
	t.Helper()
	temporary := filepath.Join(filepath.Dir(path), ".new")
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		t.Fatal(err)
	}
}

func withFiles(dir string) func(*controller.Config) {
	return func(c *controller.Config) { c.PolicyFiles = []string{dir} }
}

// reasons are all problems of the proxy, without the folder's name.
func (p *proxy) reasons(dir string) string {
	var list []string
	for _, one := range p.publisher.Problems() {
		list = append(list, one.Text+": "+one.Reason)
	}
	return strings.ReplaceAll(strings.Join(list, "\n"), dir, "DIR")
}

// TestAFileCounts beside the store, before it, and by its last good text.
func TestAFileCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := folder(t, map[string]string{"web.hcl": "service = \"web\"\nstrategy = \"observe\"", "web.yaml": short, "schema.json": "{}", "a b.json": "{}"})
		p := newFleet().start(t, memory(t), "edge-1", canary(), withFiles(dir))
		p.wants(t, "web")
		want := `a b: DIR/a b.json: policy name "a b", want 1 to 128 letters, digits and signs without blanks, slashes and quotes
schema: DIR/schema.json: policy name "schema" stands for the JSON Schema of policies, want another name
web: DIR/web.yaml: the file DIR/web.hcl has a policy of this name, too, and counts`
		if got := p.reasons(dir); got != want {
			t.Errorf("problems\n%s\nwant\n%s", got, want)
		}
		if r, _ := p.Get(web); r.State.Policy.Strategy != "observe" {
			t.Errorf("strategy %q, want that of the file", r.State.Policy.Strategy)
		}
		replace(t, filepath.Join(dir, "web.hcl"), "strategy = \"blue\"")
		p.wants(t, "web")
		if got := p.reasons(dir); !strings.Contains(got, `web: DIR/web.hcl: the last good text counts: line 1: strategy: "blue": want one of`) {
			t.Errorf("problems\n%s", got)
		}
		replace(t, filepath.Join(dir, "web.hcl"), "service = \"other\"")
		p.wants(t, "")
		if got := p.reasons(dir); strings.Contains(got, "last good") {
			t.Errorf("problems\n%s", got)
		}
	})
}

// TestTheStoreComesAfterFiles: a policy of the store is not written over one of a
// file, and does not count beside it.
func TestTheStoreComesAfterFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, s := folder(t, map[string]string{"web.yaml": short}), memory(t)
		for key, text := range map[string]string{"v1/policies/web": short, "v1/policies/late": short, "v1/policies/db": "service: db"} {
			if _, err := s.CompareAndSet(t.Context(), key, []byte(text), 0); err != nil {
				t.Fatal(err)
			}
		}
		p := newFleet().start(t, s, "edge-1", nil, withFiles(dir))
		time.Sleep(time.Second)
		want := `late: policy web of the file DIR/web.yaml is for service/web, too, and files count before the store
web: the file DIR/web.yaml has a policy of this name, too, and counts`
		if got := p.reasons(dir); got != want {
			t.Errorf("problems\n%s\nwant\n%s", got, want)
		}
		file := filepath.Join(dir, "web.yaml")
		for name, want := range map[string]controller.FileError{
			"web":   {Name: "web", File: file},
			"other": {Name: "web", File: file, Scope: web},
		} {
			var is *controller.FileError
			if _, err := p.PutPolicy(t.Context(), name, short, 0); !errors.As(err, &is) || *is != want {
				t.Errorf("put %s: %v, want %+v", name, err, want)
			}
		}
		one, err := p.Policy(t.Context(), "web")
		if err != nil || one.File != file || one.Text != short || one.Index == 0 {
			t.Errorf("policy web: %+v, %v", one, err)
		}
		list, err := p.Policies(t.Context())
		if err != nil || len(list) != 4 || list[2].File != file || list[3].File != "" || list[3].Name != "web" {
			t.Errorf("policies %+v, %v", list, err)
		}
		if err := p.DeletePolicy(t.Context(), "web", one.Index); err != nil {
			t.Errorf("the one behind the file cannot be deleted: %v", err)
		}
		p.put(t, "free", "service: free")
	})
}

// TestABadFileFreesNothing: after a start with a file that is bad, rollouts stand
// by the policy that they know.
func TestABadFileFreesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, s := folder(t, map[string]string{"web.yaml": asking}), memory(t)
		p := newFleet().start(t, s, "edge-1", instances("v1", 3), withFiles(dir))
		p.wants(t, "web")
		p.stop()
		replace(t, filepath.Join(dir, "web.yaml"), "service: [")
		p = newFleet().start(t, s, "edge-1", canary(), withFiles(dir))
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		if got := p.reasons(dir); !strings.HasPrefix(got, "web: DIR/web.yaml: it is neither") {
			t.Errorf("problems\n%s", got)
		}
		p.do(t, rollout.Command{Verb: rollout.Abort})
		os.Remove(filepath.Join(dir, "web.yaml"))
		p.source.Set(instances("v1", 3))
		p.at(t, rollout.Healthy, "v1 100%")
	})
}

// TestTheLeadersFilesCount, and where other proxies have others that is said.
func TestTheLeadersFilesCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, f, s := folder(t, map[string]string{"web.yaml": asking}), newFleet(), memory(t)
		first := f.start(t, s, "edge-1", canary(), withFiles(one))
		first.at(t, rollout.Progressing, "canary 10% stable 90%")
		second := f.start(t, s, "edge-2", canary())
		time.Sleep(time.Minute)
		const want = "rollout.policies: the files of edge-2 have other policies; those of this proxy count as long as it leads"
		if got := first.reasons(one); got != want {
			t.Errorf("problems %q, want %q", got, want)
		}
		if got := second.shares(); got != "canary 10% stable 90%" {
			t.Errorf("%s on the proxy without the file", got)
		}
		first.stop()
		time.Sleep(time.Minute)
		second.at(t, rollout.Progressing, "canary 10% stable 90%") // by the policy it began with
		if got := second.reasons(one); got != "" {
			t.Errorf("problems %q", got)
		}
	})
}
