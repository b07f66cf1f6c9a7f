package app

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"weir/internal/testenv"
)

// TestSeveralRegistries: what a file, a server of JSON and Nomad say is one
// table. The servers answer one thing only: the sources have tests of their own.
func TestSeveralRegistries(t *testing.T) {
	var mu sync.Mutex
	var urls []string // with the tokens that came along
	serve := func(text func(path string) string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("index") != "" {
				<-r.Context().Done() // nothing changes
				return
			}
			mu.Lock()
			urls = append(urls, r.URL.RequestURI()+" "+r.Header.Get("X-Nomad-Token"))
			mu.Unlock()
			w.Header().Set("X-Nomad-Index", "7")
			io.WriteString(w, text(r.URL.Path))
		}))
		t.Cleanup(s.Close)
		return s
	}
	inFile, inJSON, inNomad := testenv.HTTPBackend(t, "file"), testenv.HTTPBackend(t, "json"), testenv.HTTPBackend(t, "nomad")
	list := serve(func(string) string {
		return fmt.Sprintf(`[{"cmd":"route add","service":"json","src":"json.test/","dst":"http://%s/"}]`, inJSON.Addr)
	})
	host, port, _ := net.SplitHostPort(inNomad.Addr)
	agent := serve(func(path string) string {
		if path == "/v1/services" {
			return `[{"Namespace":"team","Services":[{"ServiceName":"nomad","Tags":["weir-nomad.test/"]}]}]`
		}
		return fmt.Sprintf(`[{"ID":"x","ServiceName":"nomad","Address":%q,"Port":%s,"Tags":["weir-nomad.test/"]}]`, host, port)
	})
	file := filepath.Join(t.TempDir(), "routes")
	if err := os.WriteFile(file, []byte("route add file file.test/ http://"+inFile.Addr+"/"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := run(t, configured(t, "-registry.backend", "file,custom,nomad", "-registry.file.path", file, "-registry.consul.tagprefix", "urlprefix-,weir-",
		"-registry.custom.scheme", "http", "-registry.custom.host", strings.TrimPrefix(list.URL, "http://"), "-registry.custom.path", "/routes", "-registry.custom.queryparams", "a=1&b=2",
		"-nomad.addr", agent.URL, "-nomad.token", "secret", "-registry.nomad.namespace", "*"))
	for _, name := range []string{"file", "json", "nomad"} {
		if got := ask(t, at.Listeners[0].String(), name+".test"); got != name {
			t.Errorf("%s.test is answered by %q", name, got)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	got := strings.Join(urls, "\n")
	for _, want := range []string{"/routes?a=1&b=2 ", "/v1/services?namespace=%2A secret", "/v1/service/nomad?namespace=team secret"} {
		if !strings.Contains(got, want) {
			t.Errorf("asked for\n%s\nwant %s", got, want)
		}
	}
}

// TestFilesOfRegistriesAreTriedByACheck: a start would fail for them, too.
func TestFilesOfRegistriesAreTriedByACheck(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	for _, key := range []string{"registry.consul.token.file", "registry.consul.tls.cafile"} {
		a := configured(t, "-registry.backend", "consul", "-"+key, missing)
		if err := Check(a.Config); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("%s: error %v, want one with the name of the file", key, err)
		}
	}
}
