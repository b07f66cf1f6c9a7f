//go:build browser

package browser

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"weir/ui"
)

// cues are what scripts ask for by name while they run.
type cues map[string]func()

// browse runs ui/e2e/NAME.mjs against weir until it has seen all it wants, and
// fails with what it prints. It is told facts as JSON, and what it prints is returned.
func (w *world) browse(name string, facts map[string]any, on cues) (printed []byte) {
	w.t.Helper()
	told := map[string]any{"cues": prompter(w.t, on), "listen": w.listen}
	for k, v := range facts {
		told[k] = v
	}
	raw, err := json.Marshal(told)
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.CommandContext(w.t.Context(), "node", "e2e/"+name+".mjs", "http://"+w.admin+"/", string(raw))
	cmd.Dir = "../../ui"
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	w.quiet()
	if err != nil {
		w.t.Fatalf("%s.mjs: %v\n%s", name, err, out)
	}
	w.t.Logf("%s", out)
	return out
}

// prompter serves cues as POST /NAME and returns its URL.
func prompter(t testing.TB, on cues) string {
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		do, ok := on[r.URL.Path[1:]]
		if !ok {
			http.Error(rw, "no such cue", http.StatusNotFound)
			return
		}
		do()
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// pagesBuilt ends the test where weir has no pages.
func pagesBuilt(t testing.TB) {
	t.Helper()
	if ui.Files() == nil {
		t.Fatal("ui/dist/index.html is not there: run make build")
	}
}
