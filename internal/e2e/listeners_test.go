package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// TestEveryListenerOfOneWeir: http, https, tcp, tcp+sni and https+tcp+sni, from
// one table.
func TestEveryListenerOfOneWeir(t *testing.T) {
	t.Parallel()
	cert, dir := testenv.NewCert(t, "web.test"), t.TempDir()
	for name, text := range map[string][]byte{"cert.pem": cert.PEM, "key.pem": cert.Key} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	web, secure, echo := testenv.HTTPBackend(t, "web"), testenv.TLSBackend(t, "secure", "sni.test"), testenv.TCPBackend(t, "echo")
	port := testenv.FreePort()
	tcp := fmt.Sprintf("127.0.0.1:%d", port)
	w := start(t, "http 127.0.0.1:0;proto=https;cs=c "+tcp+";proto=tcp tcp+sni 127.0.0.1:0;proto=https+tcp+sni;cs=c",
		"-proxy.cs", fmt.Sprintf("cs=c;type=file;cert=%s/cert.pem;key=%s/key.pem", dir, dir),
		"-registry.backend", "static", "-registry.static.routes", strings.Join([]string{
			"route add web web.test/ http://" + web.Addr,
			"route add secure sni.test/ tcp://" + secure.Addr + ` opts "proto=tcp+sni"`,
			fmt.Sprintf("route add echo :%d tcp://%s", port, echo.Addr),
		}, "\n"))
	w.reaches(0, "http://web.test/", "web")
	w.reaches(1, "https://web.test/", "web")
	w.reaches(3, "https://sni.test/", "secure")
	w.reaches(4, "https://web.test/", "web")
	w.reaches(4, "https://sni.test/", "secure")
	if _, err := w.get(3, "https://unknown.test/"); !errors.Is(err, io.EOF) {
		t.Errorf("an unknown server name: %v, want the end of the connection", err)
	}
	conn := dial(t, tcp)
	io.WriteString(conn, "and back")
	conn.CloseWrite()
	if all, err := io.ReadAll(conn); string(all) != "echo\nand back" || err != nil {
		t.Errorf("by tcp %q (%v)", all, err)
	}
}

// TestABadTagHarmsOnlyItself: its service's other tags work, so does everything
// else, and weir problems names service, instance and tag.
func TestABadTagHarmsOnlyItself(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	b := testenv.HTTPBackend(t, "one")
	prefix := c.Name("urlprefix-")
	c.Register(testenv.Service{Name: c.Name("web"), ID: c.Name("web-7"), Address: b.Host, Port: b.Port, Tags: []string{
		prefix + "good.test/",
		prefix + "bad.test/ weight=140%",
		prefix + "worse.test/\nroute del " + c.Name("web"),
	}})
	w := start(t, "http", consulFlags(c, c.Addr)...)
	w.reaches(0, "http://good.test/", "one")
	out := w.cli("problems")
	for _, text := range []string{c.Name("web") + " ", c.Name("web-7") + " ", "bad.test/ weight=140%", "worse.test/"} {
		if !strings.Contains(out, text) {
			t.Errorf("weir problems does not name %q:\n%s", text, out)
		}
	}
	if n := w.metric("weir_problems"); n < 2 {
		t.Errorf("metrics count %v problems", n)
	}
	c.PutKV(c.Key("config"), "route weigth oops\nroute add "+c.Name("web")+" kv.test/ http://"+b.Addr+"/\nroute del "+c.Name("web")+" good.test/")
	w.reaches(0, "http://kv.test/", "one")
	w.gone(0, "http://good.test/")
	if out := w.cli("problems"); !strings.Contains(out, "kv "+c.Key("config")+":1 ") || !strings.Contains(out, "route weigth oops") {
		t.Errorf("weir problems does not name the line in the KV:\n%s", out)
	}
}
