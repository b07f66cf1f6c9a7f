package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// says is what the commands that the demo prints must print, in order.
var says = []struct{ command, prints string }{
	{"curl -s -H 'Host: web.example.com' http://127.0.0.1:9999/", `^v[12] from web-[1-4]: GET web\.example\.com/\n$`},
	{"for i in $(seq 200)", `^ *1[1-8][0-9] v1\n *[1-8][0-9] v2\n$`}, // 150 ± five standard deviations, and 50
	{"curl -s -H 'Host: canary.web.example.com'", `^v2 from web-4: `},
	{"curl -sk --resolve tls.example.com", `^v[12] from tls-[1-4]: `},
	{"curl -sk --resolve canary.tls.example.com", `^v2 from tls-4: `},
	{"weir weight set web v2=5%", `(?m)^web\.example\.com/ +v2 +25% +5% `},
	{"weir routes", `(?m)^web\.example\.com/ +web +v2 +5% +5% +1/1 `},
	{"weir cutover web v2", `(?m)^web\.example\.com/ +v2 +5% +100% `},
	{"weir weight clear web", `service/web: nothing is asked`},
	{"curl -s -X POST", `"shares":\{"v1":"0%","v2":"100%"\}.*"applied":true`},
	{"curl -s http://127.0.0.1:9998/api/v1/weights", `"scope":"service/web".*"reason":"trying it"`},
	{"curl -s -X DELETE", `"shares":\{\},"index":0.*"applied":true`},
}

// TestTheDemo runs every command that weir demo prints and looks at what it
// says, with the registry in the process and with a real agent.
func TestTheDemo(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	testenv.DemoPorts(t)
	t.Run("alone", func(t *testing.T) { runDemo(t) })
	t.Run("with Consul", func(t *testing.T) {
		runDemo(t, "--consul", c.Addr)
		for _, path := range []string{"/v1/agent/services", "/v1/kv/?keys"} {
			if a, err := ask(c.Addr, "GET", "http://"+c.Addr+path, ""); err != nil || strings.Contains(a.body, "weir-demo") {
				t.Errorf("the demo left something behind: %s (%v)", a.body, err)
			}
		}
	})
}

func runDemo(t *testing.T, args ...string) {
	path := testenv.Path(t, filepath.Dir(testenv.SharedWeir(t)))
	shell := func(line string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Env = []string{"PATH=" + path, "HOME=" + t.TempDir()}
		return cmd
	}
	demo := command(t, nil, append([]string{"demo"}, args...)...)
	demo.Args[0] = "weir"
	p := testenv.StartProcess(t, demo)
	testenv.Eventually(t, within, func() error {
		if !strings.Contains(p.Output(), "Ctrl-C") {
			return fmt.Errorf("the demo printed\n%s", p.Output())
		}
		return nil
	})
	var lines []string
	for line := range strings.Lines(p.Output()) {
		if command, ok := strings.CutPrefix(line, "  "); ok {
			lines = append(lines, strings.TrimSpace(command))
		}
	}
	if len(lines) != len(says) {
		t.Fatalf("the demo prints %d commands, want %d: %q", len(lines), len(says), lines)
	}
	for i, line := range lines {
		out, err := shell(line).CombinedOutput()
		if !strings.HasPrefix(line, says[i].command) || err != nil || !regexp.MustCompile(says[i].prints).Match(out) {
			t.Errorf("%s\nprinted (%v)\n%s\nwant %s\n%s", line, err, out, says[i].command, says[i].prints)
		}
	}
	p.Signal(os.Interrupt)
	if <-p.Exited(); p.Code() != 0 || strings.Contains(p.Output(), "DATA RACE") {
		t.Errorf("exit code %d", p.Code())
	}
}

// TestTheDemoNamesWhatIsMissing: an agent that is not there.
func TestTheDemoNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	addr := testenv.RefusedAddr(t)
	out, err := command(t, nil, "demo", "--consul", addr).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "consul agent "+addr) {
		t.Errorf("%v\n%s", err, out)
	}
}
