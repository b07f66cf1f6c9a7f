package conformance

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

// within bounds what takes milliseconds on a machine that is not busy.
const within = 20 * time.Second

// proxy is a running weir.
type proxy struct {
	*testenv.Process
	dir   string
	admin string            // host:port
	addrs map[string]string // host:port of each listener, by protocol
}

// startProxy runs weir with these listeners, "PROTO" or "PROTO=ADDR", until the
// test ends, and waits until it serves.
func startProxy(t *testing.T, cert testenv.Cert, listeners []string, args ...string) *proxy {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, dir, "cert.pem", string(cert.PEM))
	writeFile(t, dir, "key.pem", string(cert.Key))
	args = append([]string{
		"-proxy.cs", "cs=c;type=file;cert=cert.pem;key=key.pem",
		"-proxy.addr", strings.Join(written(listeners), ","),
		"-ui.addr", "127.0.0.1:0",
	}, args...)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), testenv.SharedWeir(t), args...)
	cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir}
	p := &proxy{Process: testenv.StartProcess(t, cmd), dir: dir, addrs: map[string]string{}}
	t.Cleanup(func() {
		p.Kill()
		if strings.Contains(p.Output(), "DATA RACE") {
			t.Errorf("weir printed\n%s", p.Output())
		}
	})
	testenv.Eventually(t, within, func() error { return p.serves(t, len(listeners)) })
	return p
}

// written gives the listeners in the grammar of proxy.addr.
func written(listeners []string) []string {
	var all []string
	for _, l := range listeners {
		proto, addr, fixed := strings.Cut(l, "=")
		if !fixed {
			addr = "127.0.0.1:0"
		}
		text := addr + ";proto=" + proto
		if strings.HasPrefix(proto, "https") {
			text += ";cs=c"
		}
		all = append(all, text)
	}
	return all
}

// serves reads from the log where the proxy listens. It says what is missing.
func (p *proxy) serves(t *testing.T, listeners int) error {
	select {
	case <-p.Exited():
		t.Fatalf("weir has ended: %s", p.Output())
	default:
	}
	log := p.Output()
	if m := regexp.MustCompile(`admin=(\S+)`).FindStringSubmatch(log); m != nil {
		p.admin = m[1]
	}
	for _, m := range regexp.MustCompile(`msg=listening listener=(\S+) proto=(\S+)`).FindAllStringSubmatch(log, -1) {
		p.addrs[m[2]] = m[1]
	}
	if len(p.addrs) < listeners {
		return fmt.Errorf("%d of %d listeners are open:\n%s", len(p.addrs), listeners, log)
	}
	return nil
}

// addr is where to dial for a listener of a case.
func (p *proxy) addr(listener string) string {
	if listener == "admin" {
		return p.admin
	}
	return p.addrs[listener]
}

// dial opens a connection that fails rather than hang.
func dial(addr string) (*net.TCPConn, error) {
	conn, err := net.DialTimeout("tcp", addr, within)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(within))
	return conn.(*net.TCPConn), nil
}

func writeFile(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
