//go:build curl

package curl

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

// page is long enough to be worth compressing.
var page = strings.Repeat("a page that weir compresses. ", 1000)

// web answers with what it was asked.
func web(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/page":
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, page)
	case "/upload":
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	default:
		fmt.Fprintf(w, "%s for %s", r.Host, r.Header.Get("X-Forwarded-For"))
	}
}

// TestCurl asks in each way and compares what curl prints, and what it says of
// version and status.
func TestCurl(t *testing.T) {
	w := start(t)
	upload := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(upload, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"HTTP/1.0":               {[]string{"--http1.0", "-H", "Host: web.test", w.plain + "/"}, "web.test for 127.0.0.1|1.1 200"},
		"HTTP/1.1":               {[]string{"--http1.1", "-H", "Host: web.test", w.plain + "/"}, "web.test for 127.0.0.1|1.1 200"},
		"h2c":                    {[]string{"--http2-prior-knowledge", "-H", "Host: web.test", w.plain + "/"}, "web.test for 127.0.0.1|2 200"},
		"HTTP/1.1 on TLS":        {[]string{"--http1.1", w.secure + "/"}, "web.test for 127.0.0.1|1.1 200"},
		"h2":                     {[]string{"--http2", w.secure + "/"}, "web.test for 127.0.0.1|2 200"},
		"TLS 1.2":                {[]string{"--tls-max", "1.2", w.secure + "/"}, "web.test for 127.0.0.1|2 200"},
		"canary hostname":        {[]string{"-H", "Host: canary.web.test", w.plain + "/"}, "canary.web.test for 127.0.0.1|1.1 200"},
		"no route":               {[]string{"-H", "Host: none.test", w.plain + "/"}, "no route|1.1 404"},
		"error in JSON":          {[]string{"-H", "Host: none.test", "-H", "Accept: application/json", w.plain + "/"}, `{"title":"Not Found","status":404,"detail":"no route"}|1.1 404`},
		"compressed":             {[]string{"--compressed", "-H", "Host: web.test", w.plain + "/page"}, page + "|1.1 200"},
		"compressed with zstd":   {[]string{"--compressed", "-H", "Accept-Encoding: zstd", w.secure + "/page"}, page + "|2 200"},
		"compressed with br":     {[]string{"--compressed", "-H", "Accept-Encoding: br", w.secure + "/page"}, page + "|2 200"},
		"compressed with gzip":   {[]string{"--compressed", "-H", "Accept-Encoding: gzip", w.secure + "/page"}, page + "|2 200"},
		"upload":                 {[]string{"--http1.1", "--data-binary", "@" + upload, "-H", "Host: web.test", w.plain + "/upload"}, "3145728|1.1 200"},
		"upload, told to wait":   {[]string{"--http1.1", "-H", "Expect: 100-continue", "--data-binary", "@" + upload, "-H", "Host: web.test", w.plain + "/upload"}, "3145728|1.1 200"},
		"upload of unknown size": {[]string{"--http1.1", "-H", "Transfer-Encoding: chunked", "--data-binary", "@" + upload, "-H", "Host: web.test", w.plain + "/upload"}, "3145728|1.1 200"},
		"upload by h2":           {[]string{"--http2", "--data-binary", "@" + upload, w.secure + "/upload"}, "3145728|2 200"},
		"PROXY protocol":         {[]string{"--haproxy-protocol", "-H", "Host: web.test", w.proxied + "/"}, "web.test for 127.0.0.1|1.1 200"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-sS", "-m", "60", "--cacert", w.authority, "--connect-to", "web.test:443:" + w.tls, "-w", "|%{http_version} %{http_code}"}, c.args...)
			out, err := exec.CommandContext(t.Context(), "curl", args...).CombinedOutput()
			if got := strings.ReplaceAll(string(out), "\n", ""); err != nil || got != c.want {
				t.Errorf("%v, curl printed\n%.300s\nwant\n%.300s", err, got, c.want)
			}
		})
	}
}

// world is a weir and what curl needs to know of it.
type world struct{ plain, secure, tls, proxied, authority string }

func start(t *testing.T) world {
	t.Helper()
	dir, cert := t.TempDir(), testenv.NewCert(t, "web.test")
	both := filepath.Join(dir, "both.pem")
	if err := os.WriteFile(both, append(cert.PEM, cert.Key...), 0o600); err != nil {
		t.Fatal(err)
	}
	backend := testenv.HandlerBackend(t, "web", http.HandlerFunc(web))
	ports := [4]int{testenv.FreePort(), testenv.FreePort(), testenv.FreePort(), testenv.FreePort()}
	admin := fmt.Sprintf("127.0.0.1:%d", ports[3])
	testenv.StartProcess(t, exec.Command(testenv.BuildWeir(t),
		"-proxy.addr", fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d;cs=c,127.0.0.1:%d;pxyproto=true;pxytrust=127.0.0.1", ports[0], ports[1], ports[2]),
		"-proxy.cs", "cs=c;type=file;cert="+both, "-proxy.h2c", "-proxy.gzip.contenttype", "^text/plain", "-ui.addr", admin,
		"-store.path", filepath.Join(dir, "weir.db"), "-registry.backend", "static",
		"-registry.static.routes", strings.ReplaceAll("route add web web.test/ http://A/\nroute add canary canary.web.test/ http://A/", "A", backend.Addr)))
	testenv.Eventually(t, 30*time.Second, func() error { return exec.Command("curl", "-sf", "http://"+admin+"/health").Run() })
	return world{plain: fmt.Sprintf("http://127.0.0.1:%d", ports[0]), secure: "https://web.test", tls: fmt.Sprintf("127.0.0.1:%d", ports[1]),
		proxied: fmt.Sprintf("http://127.0.0.1:%d", ports[2]), authority: both}
}
