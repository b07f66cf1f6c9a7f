package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

// within bounds what another process or the agent may take; it takes
// milliseconds on a machine that is not busy.
const within = 20 * time.Second

// weir is a running proxy.
type weir struct {
	*testenv.Process
	t      *testing.T
	admin  string   // host:port
	listen []string // host:port of each listener, in the order of proxy.addr
}

// start runs weir with listeners of these protocols until the test ends, and
// waits until it serves. A listener may also be written out as in proxy.addr.
func start(t *testing.T, protos string, args ...string) *weir {
	t.Helper()
	w := launch(t, protos, args...)
	w.serves(len(strings.Fields(protos)))
	return w
}

// launch is start that waits for the admin API only.
func launch(t *testing.T, protos string, args ...string) *weir {
	t.Helper()
	addrs := strings.Fields(protos)
	for i, proto := range addrs {
		if !strings.Contains(proto, ";") {
			addrs[i] = "127.0.0.1:0;proto=" + proto
		}
	}
	args = append([]string{"-proxy.addr", strings.Join(addrs, ","), "-ui.addr", "127.0.0.1:0"}, args...)
	return launchCommand(t, command(t, nil, args...))
}

// launchCommand runs weir as it is and waits for the admin API.
func launchCommand(t *testing.T, cmd *exec.Cmd) *weir {
	t.Helper()
	w := &weir{t: t, Process: testenv.StartProcess(t, cmd)}
	t.Cleanup(w.end)
	w.admin = w.logged(`admin=(\S+)`, 1)[0]
	return w
}

// command is weir with arguments and an environment of its own.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), testenv.SharedWeir(t), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir}, env...)
	return cmd
}

// serves waits until the listeners are open and notes where.
func (w *weir) serves(listeners int) {
	w.t.Helper()
	w.listen = w.logged(`msg=listening listener=(\S+)`, listeners)
}

// logged waits until pattern was logged n times and returns its groups.
func (w *weir) logged(pattern string, n int) (found []string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		select {
		case <-w.Exited():
			w.t.Fatalf("weir has ended: %s", w.Output())
		default:
		}
		found = nil
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(w.Output(), -1) {
			found = append(found, m[1])
		}
		if len(found) < n {
			return fmt.Errorf("%d of %d times %s in the log\n%s", len(found), n, pattern, w.Output())
		}
		return nil
	})
	return found
}

// end kills the process and looks for what the race detector found in it.
func (w *weir) end() {
	w.Kill()
	if strings.Contains(w.Output(), "DATA RACE") {
		w.t.Errorf("weir printed\n%s", w.Output())
	}
}

// exits waits for the end of the process and returns its code.
func (w *weir) exits() int {
	w.t.Helper()
	select {
	case <-w.Exited():
	case <-time.After(within):
		w.t.Fatal("weir does not end")
	}
	return w.Code()
}

// cli runs a command of weir against this one and returns what it prints.
func (w *weir) cli(words ...string) string {
	w.t.Helper()
	out, err := command(w.t, []string{"WEIR_ADMIN=" + w.admin}, words...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("weir %s: %v\n%s", strings.Join(words, " "), err, out)
	}
	return string(out)
}

// routes waits until the table has exactly these shares, given as "ROUTE
// VARIANT PERCENT" in the order of the table.
func (w *weir) routes(want ...string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		var list admin.RouteList
		if err := json.Unmarshal([]byte(w.api("GET", "/api/v1/routes", "").body), &list); err != nil {
			return err
		}
		var got []string
		for _, r := range list.Routes {
			for _, v := range r.Variants {
				got = append(got, fmt.Sprintf("%s %s %.4g%%", r.Key, v.Name, v.Share.Share*100))
			}
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("routes are %q, want %q", got, want)
		}
		return nil
	})
}
