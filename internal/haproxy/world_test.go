//go:build haproxy

package haproxy

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/internal/weirtest"
)

const patience = 30 * time.Second

// protocols are those of weir's listeners.
var protocols = []string{"http", "https", "tcp", "tcp+sni", "https+tcp+sni"}

// world is a weir, and an HAProxy on both sides of it. What stands behind says
// from whom it believes to be asked.
type world struct {
	weir  map[string]string // addresses of weir's listeners, by protocol
	front map[string]string // of HAProxy in front of each, by protocol and version, "tcp v1"
	cert  testenv.Cert      // of all who end TLS

	haproxy strings.Builder // its configuration
	sockets []*os.File      // that it inherits
	dir     string
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{cert: testenv.NewCert(t, "own.test", "pass.test"), weir: map[string]string{}, front: map[string]string{}, dir: t.TempDir()}
	w.write(t, "both.pem", append(w.cert.PEM, w.cert.Key...))
	w.haproxy.WriteString("defaults\n mode tcp\n timeout connect 20s\n timeout client 20s\n timeout server 20s\n")
	says := "mode http\n http-request return status 200 content-type text/plain lf-string %[src]"
	plain := w.listen(t, "accept-proxy", says)
	secure := w.listen(t, "accept-proxy ssl crt "+filepath.Join(w.dir, "both.pem"), says)
	web := testenv.HandlerBackend(t, "web", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-Forwarded-For"))
	}))
	w.startWeir(t, fmt.Sprintf(`route add web own.test/ http://%s
route add plain :9000 tcp://%s opts "pxyproto=true"
route add secure pass.test/ tcp://%s opts "pxyproto=v2"`, web.Addr, plain, secure))
	for _, proto := range protocols {
		for version, option := range map[string]string{"v1": "send-proxy", "v2": "send-proxy-v2"} {
			w.front[proto+" "+version] = w.listen(t, "", fmt.Sprintf("server weir %s %s", w.weir[proto], option))
		}
	}
	w.startHAProxy(t)
	return w
}

// listen adds a section to HAProxy's configuration and returns its address.
func (w *world) listen(t *testing.T, bind, section string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	w.sockets = append(w.sockets, socket)
	n := len(w.sockets)
	fmt.Fprintf(&w.haproxy, "listen l%d\n bind fd@%d %s\n %s\n", n, n+2, bind, section)
	return l.Addr().String()
}

func (w *world) startHAProxy(t *testing.T) {
	t.Helper()
	binary, err := exec.LookPath("haproxy")
	if err != nil {
		t.Fatal("haproxy is not installed")
	}
	cmd := exec.Command(binary, "-db", "-f", w.write(t, "haproxy.cfg", []byte(w.haproxy.String())))
	cmd.ExtraFiles = w.sockets
	testenv.StartProcess(t, cmd)
}

func (w *world) startWeir(t *testing.T, routes string) {
	t.Helper()
	cert, key := w.write(t, "cert.pem", w.cert.PEM), w.write(t, "key.pem", w.cert.Key)
	var listeners []string
	for _, proto := range protocols {
		// The routes name a port: an address of its own keeps that free.
		addr := map[bool]string{true: "127.0.77.1:9000", false: "127.0.0.1:0"}[proto == "tcp"]
		if strings.HasPrefix(proto, "https") {
			addr += ";cs=test"
		}
		listeners = append(listeners, addr+";pxyproto=true;pxytrust=127.0.0.1;proto="+proto)
	}
	open := weirtest.Start(t, "-proxy.addr", strings.Join(listeners, ","), "-proxy.cs", "cs=test;type=file;cert="+cert+";key="+key,
		"-registry.backend", "static", "-registry.static.routes", routes,
		"-store.backend", "embedded", "-store.path", filepath.Join(w.dir, "weir.db"), "-ui.addr", "127.0.0.1:0")
	for i, addr := range open.Listeners {
		w.weir[protocols[i]] = addr.String()
	}
}

func (w *world) write(t *testing.T, name string, data []byte) (path string) {
	t.Helper()
	path = filepath.Join(w.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ask gets the page of host at addr as a client at from does, by TLS where roots
// are wanted.
func (w *world) ask(addr, from, host string, secure bool) (string, error) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.cert.Roots}, DisableKeepAlives: true}
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", addr) }
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	resp, err := (&http.Client{Transport: transport, Timeout: patience}).Get(scheme + host)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
