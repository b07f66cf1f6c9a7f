package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"weir/admin/auth"
)

// TestTheTokenThatIsMadeLogsIn: what is printed for the file fits what is
// printed for the commands, and these send it.
func TestTheTokenThatIsMadeLogsIn(t *testing.T) {
	run := func(env map[string]string, args ...string) (string, error) {
		root, out := &cobra.Command{Use: "weir", SilenceErrors: true}, &bytes.Buffer{}
		root.AddCommand(Commands(func(name string) string { return env[name] }, "1")...)
		root.SetOut(out)
		root.SetArgs(args)
		err := root.ExecuteContext(t.Context())
		return out.String(), err
	}
	text, err := run(nil, "token", "ci")
	made := regexp.MustCompile(`(?s)token: (wt_\S+)\n.*\n(  - name: "ci"\n.*)`).FindStringSubmatch(text)
	if err != nil || made == nil {
		t.Fatal(text, err)
	}
	rules, err := auth.ParseRules([]byte("tokens:\n" + made[2]))
	if err != nil || rules.Tokens[0].SHA256 != auth.Hash(made[1]) {
		t.Fatal(text, err)
	}
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent = r.Header.Get("Authorization"); sent == "" {
			w.WriteHeader(http.StatusUnauthorized)
			w.Write([]byte(`{"detail":"log in first"}`))
			return
		}
		w.Write([]byte(`{"problems":[]}`))
	}))
	defer server.Close()
	if _, err := run(nil, "problems", "--admin", server.URL); err == nil || !strings.Contains(err.Error(), "WEIR_TOKEN") {
		t.Error(err)
	}
	if _, err := run(map[string]string{"WEIR_TOKEN": made[1]}, "problems", "--admin", server.URL); err != nil || sent != "Bearer "+made[1] {
		t.Error(sent, err)
	}
}
